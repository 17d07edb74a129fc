import { simclrViews } from './recipes.ts';
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
 * encoder's strides leave something of them. Colours are SimCLR's.
 */
export function jigsawViews(scale: Scale, size: number): readonly ViewRecipe[] {
  const [image] = simclrViews(scale, size);
  const [piece] = simclrViews(scale, pieceSize(size));
  return [
    image,
    ...Array.from({ length: jigsawCells }, (_, place) => ({
      ...piece,
      cropScale: [0.6, 1] as const,
      cell: { grid, place, share: pieceShare },
    })),
  ];
}

function pieceSize(size: number): number {
  return 4 * Math.ceil((size * 64) / 224 / 4);
}
