import { cropAndFlip } from './recipes.ts';
import type { Scale } from '../method.ts';
import type { ViewRecipe } from './recipe.ts';

const grid = 3;
/** Number of a puzzle's pieces. */
export const jigsawCells = grid * grid;
/** Pieces of 64 px out of cells of 85: a gap, so that a piece does not go on where its neighbour ends. */
const pieceShare = 64 / 85;

/**
 * PIRL's views (Misra & van der Maaten 2020, section 3.3, and the authors' configuration): the image, then nine pieces
 * of a 3 × 3 grid over another crop, in random order, each with colours of its own. Published: an image of 224 px,
 * pieces of 64 px. For other sizes pieces keep that proportion, up to a multiple of 4: 12 px for 32 px, so that the
 * encoder's strides leave something of them.
 */
export function jigsawViews(scale: Scale, size: number): readonly ViewRecipe[] {
  const image = withColors(size, scale);
  const piece: ViewRecipe = { ...withColors(pieceSize(size), scale), cropScale: [0.6, 1] };
  return [
    image,
    ...Array.from({ length: jigsawCells }, (_, place) => ({
      ...piece,
      cell: { grid, place, share: pieceShare },
    })),
  ];
}

/** SimCLR's colours, at small size half as strong and without blur. */
function withColors(size: number, scale: Scale): ViewRecipe {
  const large = scale === 'large';
  const strength = large ? 0.8 : 0.4;
  return {
    ...cropAndFlip(size),
    jitter: {
      brightness: strength,
      contrast: strength,
      saturation: strength,
      hue: strength / 4,
      probability: 0.8,
    },
    grayscaleProbability: 0.2,
    blur: { probability: large ? 0.5 : 0, sigma: [0.1, 2] },
  };
}

function pieceSize(size: number): number {
  return 4 * Math.ceil((size * 64) / 224 / 4);
}
