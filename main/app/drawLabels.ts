import { createHash } from 'node:crypto';

/** An image whose class is known, before it is decided whether its label is used. */
export interface LabelCandidate<Class> {
  /** Anything that names the image for good. */
  readonly key: string;
  readonly label: Class;
  readonly heldOut: boolean;
}

/** How many of the training images' labels to use: a share of each class, or a number for each. */
export type LabelBudget = { readonly fraction: number } | { readonly perClass: number };

/**
 * Draws labels as if only a few had been made: of the images that training may use, the same share of every class
 * (at least one), the same ones for the same seed. Held-out images keep all of theirs, so that what a few labels are
 * worth is measured on many.
 */
export function drawLabels<Class, Candidate extends LabelCandidate<Class>>(
  candidates: readonly Candidate[],
  budget: LabelBudget,
  seed: string,
): readonly Candidate[] {
  const drawn = new Set(candidates.filter((candidate) => candidate.heldOut));
  const byClass = Map.groupBy(
    candidates.filter((candidate) => !candidate.heldOut),
    (candidate) => candidate.label,
  );
  for (const members of byClass.values()) {
    const ranked = members
      .map((candidate) => ({ candidate, rank: rankOf(candidate.key, seed) }))
      .sort((a, b) => (a.rank < b.rank ? -1 : 1));
    for (const { candidate } of ranked.slice(0, quota(members.length, budget))) drawn.add(candidate);
  }
  return candidates.filter((candidate) => drawn.has(candidate));
}

function quota(members: number, budget: LabelBudget): number {
  if ('perClass' in budget) return budget.perClass;
  return Math.max(1, Math.round(members * budget.fraction));
}

function rankOf(key: string, seed: string): string {
  return createHash('sha256').update(`${seed}\0${key}`).digest('hex');
}
