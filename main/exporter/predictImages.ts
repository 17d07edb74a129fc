import type { ExportedModel, RgbImages } from './exportedModel.ts';

/** Class probabilities of images, each [C], in the order of the images. Those of one size go through the model together. */
export async function predictImages(
  model: ExportedModel,
  images: readonly RgbImages[],
): Promise<Float32Array[]> {
  const results: Float32Array[] = [];
  for (const group of groupsOfOneSize(images)) {
    const { height, width } = images[group[0]];
    const pixels = new Uint8Array(group.length * height * width * 3);
    group.forEach((image, i) => pixels.set(images[image].pixels, i * height * width * 3));
    const { probabilities } = await model.run({ pixels, count: group.length, height, width });
    const classes = probabilities.length / group.length;
    group.forEach((image, i) => (results[image] = probabilities.slice(i * classes, (i + 1) * classes)));
  }
  return results;
}

function groupsOfOneSize(images: readonly RgbImages[]): number[][] {
  const groups = new Map<string, number[]>();
  images.forEach(({ height, width }, i) => {
    const size = `${height} ${width}`;
    groups.set(size, [...(groups.get(size) ?? []), i]);
  });
  return [...groups.values()];
}
