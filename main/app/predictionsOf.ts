import type { NewPrediction } from '../library/predictions.ts';
import type { Answers } from '../../shared/evaluation.ts';
import type { ClassId, ImageId } from '../../shared/records.ts';
import type { LabelledSlots } from '../../shared/trainingEvents.ts';

/** Labelled images with their ids: row i of all three is one image. */
export interface LabelledImages extends LabelledSlots {
  readonly images: readonly ImageId[];
}

/** What was answered for each image, by the ids of images and classes. */
export function predictionsOf(
  { images, classes }: LabelledImages,
  { predicted, confidence }: Answers,
  classIds: readonly ClassId[],
): NewPrediction[] {
  return images.map((imageId, i) => ({
    imageId,
    labelClassId: classIds[classes[i]],
    answerClassId: classIds[predicted[i]],
    confidence: confidence[i],
  }));
}
