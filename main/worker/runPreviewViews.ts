import { genoiseError } from '../../shared/errors.ts';
import { checkGraph } from '../engine/graph/checkGraph.ts';
import { feed } from '../engine/graph/ops.ts';
import { encodePlanes } from '../importer/encodePicture.ts';
import { openPixelStore, type PixelStore } from '../importer/pixelStore.ts';
import { randomStream } from '../nn/random.ts';
import { findMethod, methods } from '../ssl/methods.ts';
import { buildView } from '../ssl/views/buildView.ts';
import { denormalizeImage, pixelsToFloat } from '../ssl/views/normalization.ts';
import { applyPreset, viewPresets } from '../ssl/views/presets.ts';
import { sampleViewParameters } from '../ssl/views/sampleView.ts';
import { viewFeeds, viewTensors } from '../ssl/views/viewFeeds.ts';
import { imageTensor } from '../training/imageTensor.ts';
import { defaultImageSize, scaleFor } from '../training/planDefaults.ts';
import { executorFor } from './executorFor.ts';
import type { EncodedPicture, PreviewViewsRequest, PreviewViewsResult } from '../../shared/pictures.ts';
import type { Tensors } from '../engine/execute/executor.ts';
import type { Graph } from '../engine/graph/graph.ts';
import type { Node } from '../engine/graph/node.ts';
import type { ViewRecipe } from '../ssl/views/recipe.ts';

/**
 * The views that a method would train on, drawn by the very graph that training has.
 * @throws invalid-option for an unknown method or preset; not-a-project, damaged-project for the pixel store
 */
export async function runPreviewViews(request: PreviewViewsRequest): Promise<PreviewViewsResult> {
  const store = openPixelStore(request.pixelFolder);
  try {
    const imageSize = request.imageSize ?? defaultImageSize(store.slotSize);
    const recipes = recipesOf(request, imageSize);
    if (request.slots.length === 0) return { imageSize, views: [] };
    return { imageSize, views: await drawViews(request, recipes, store) };
  } finally {
    store.close();
  }
}

function recipesOf({ method: name, preset: presetName }: PreviewViewsRequest, size: number): ViewRecipe[] {
  const method = findMethod(name);
  const preset = viewPresets.find((each) => each.name === presetName);
  if (!method) throw unknown('--method', name, methods);
  if (!preset) throw unknown('The kind of images', presetName, viewPresets);
  const scale = scaleFor(size);
  const views = method.views(method.defaults(scale).settings, scale, size);
  return views.map((recipe) => applyPreset(recipe, preset.name));
}

function unknown(option: string, value: string, known: readonly { readonly name: string }[]): Error {
  return genoiseError('invalid-option', {
    option,
    value,
    expected: `one of ${known.map((each) => each.name).join(', ')}`,
  });
}

async function drawViews(
  { slots, draws, seed }: PreviewViewsRequest,
  recipes: readonly ViewRecipe[],
  store: PixelStore,
): Promise<EncodedPicture[][]> {
  const executor = await executorFor('cpu');
  const program = await executor.compile(viewsGraph(recipes, slots.length, store.slotSize), {});
  try {
    const images = imageTensor(slots.length, store.slotSize);
    const sizes = new Int32Array(2 * slots.length);
    store.readSlots(slots, images.data, sizes);
    const pictures = slots.map((): EncodedPicture[] => []);
    for (let draw = 0; draw < draws; draw++) {
      const feeds = recipes.map((recipe, view) =>
        viewTensors(
          view,
          sampleViewParameters(
            recipe,
            sizes,
            (i) => randomStream(seed, 'preview', draw, view, slots[i]),
            (i) => randomStream(seed, 'all previews', draw, slots[i]),
          ),
        ),
      );
      const outputs = await program.step(Object.assign({ images }, ...feeds) as Tensors);
      for (const [view, { size }] of recipes.entries()) {
        const planes = outputs[`view${view}`].data;
        for (let i = 0; i < slots.length; i++) {
          const own = planes.subarray(i * 3 * size * size, (i + 1) * 3 * size * size);
          pictures[i].push(await encodePlanes(own, { width: size, height: size }));
        }
      }
    }
    return pictures;
  } finally {
    await program.dispose();
  }
}

/** The views as training builds them, back in 0 … 1. */
function viewsGraph(recipes: readonly ViewRecipe[], count: number, slotSize: number): Graph {
  const images = pixelsToFloat(feed('images', [count, 3, slotSize, slotSize], 'uint8'));
  const outputs: Record<string, Node> = {};
  for (const [view, recipe] of recipes.entries()) {
    const built = buildView(images, viewFeeds(view, recipe, count), recipe);
    outputs[`view${view}`] = denormalizeImage(built);
  }
  const graph: Graph = { outputs, updates: {} };
  checkGraph(graph);
  return graph;
}
