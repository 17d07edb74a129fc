import { genoiseError } from '../../shared/errors.ts';
import type { LabelledSlots } from '../../shared/trainingEvents.ts';

/**
 * Whether a classifier can be learnt from these labels at all.
 * @param classes names of the classes to tell apart
 * @throws no-labels, too-few-classes, more-classes-than-labels
 */
export function checkLabels(labelled: LabelledSlots, classes: readonly string[]): void {
  const count = labelled.classes.length;
  if (count === 0) throw genoiseError('no-labels', {});
  const present = classes.filter((_, c) => labelled.classes.includes(c));
  if (present.length < 2) throw genoiseError('too-few-classes', { classes: present });
  if (classes.length > count) {
    throw genoiseError('more-classes-than-labels', { classes: classes.length, labels: count });
  }
}
