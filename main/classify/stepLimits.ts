/** What somebody may set on a recipe's number of steps, whatever the number of labels makes of it. */
export type StepLimits = {
  readonly minSteps?: number;
  readonly maxSteps?: number;
};

/** A recipe with its number of steps within the limits. */
export function withinStepLimits<Recipe extends { readonly steps: number }>(
  recipe: Recipe,
  { minSteps = 0, maxSteps = Infinity }: StepLimits,
): Recipe {
  return { ...recipe, steps: Math.min(maxSteps, Math.max(minSteps, recipe.steps)) };
}
