import type { AskedImage, HistoryStep } from '../../../shared/labelling.ts';
import type { ImageId } from '../../../shared/records.ts';

/** The place of the next image without an answer, looking on from `from` and then from the start; -1: all have one. */
export function nextOpen(images: readonly AskedImage[], from: number): number {
  const isOpen = (image: AskedImage): boolean => image.classId === null && image.mark === null;
  const behind = images.findIndex((image, place) => place >= from && isOpen(image));
  return behind >= 0 ? behind : images.findIndex(isOpen);
}

/** The images after a step of the history was undone or done again. */
export function afterStep(images: readonly AskedImage[], step: HistoryStep): readonly AskedImage[] {
  const labels = new Map(step.labels.map(({ imageId, classId }) => [imageId, classId]));
  const marks = new Map(step.marks.map(({ imageId, mark }) => [imageId, mark]));
  return images.map((image) => {
    const { imageId } = image;
    if (!labels.has(imageId) && !marks.has(imageId)) return image;
    const classId = labels.get(imageId);
    const mark = marks.get(imageId);
    return {
      ...image,
      classId: classId === undefined ? image.classId : classId,
      mark: mark === undefined ? image.mark : mark,
    };
  });
}

/** The images that a step of the history changed, each once. */
export function imagesOfStep({ labels, marks }: HistoryStep): readonly ImageId[] {
  return [...new Set([...labels, ...marks].map(({ imageId }) => imageId))];
}
