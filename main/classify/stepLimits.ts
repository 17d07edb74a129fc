/** What somebody may set on a recipe's number of steps, whatever the number of labels makes of it. */
export type StepLimits = {
  readonly minSteps?: number;
  readonly maxSteps?: number;
};

/** A recipe with its number of steps within the limits, and without them. */
export function withinStepLimits<Recipe extends { readonly steps: number }>(
  given: Recipe & StepLimits,
): Recipe {
  const { minSteps = 0, maxSteps = Infinity, ...recipe } = given;
  const steps = Math.min(maxSteps, Math.max(minSteps, given.steps));
  return { ...(recipe as unknown as Recipe), steps };
}
