import type { AskedImage } from '../../../shared/labelling.ts';
import type { ClassRow } from '../../../shared/records.ts';

/** Why this image is asked about, in words. */
export function reasonText(image: AskedImage, classes: readonly ClassRow[]): string {
  if (image.heldOut) return 'Held out for testing: no classifier ever learns from it, it only measures them.';
  switch (image.reason) {
    case 'typical':
      return 'Typical of a group of images that has no label yet.';
    case 'uncertain':
      return uncertainText(image, classes);
    case 'random':
      return 'Drawn at random.';
    case null:
      return 'An image that you came back to.';
  }
}

function uncertainText({ guesses }: AskedImage, classes: readonly ClassRow[]): string {
  const names = guesses.flatMap(({ classId }) => classes.find(({ id }) => id === classId)?.name ?? []);
  if (names.length < 2) return 'Your labels so far leave open what this is.';
  return `Your labels so far leave open whether this is ${names[0]} or ${names[1]}.`;
}
