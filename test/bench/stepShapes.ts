import type { StepShape } from './ourStep.ts';

/** Many channels, and many images, by both methods; then large images with the standard stem. */
export const stepShapes: readonly StepShape[] = [
  { method: 'simclr', encoder: 'resnet18', pairs: 32, width: 1, imageSize: 32 },
  { method: 'simclr', encoder: 'resnet18', pairs: 64, width: 0.25, imageSize: 32 },
  { method: 'barlow-twins', encoder: 'resnet18', pairs: 32, width: 1, imageSize: 32 },
  { method: 'barlow-twins', encoder: 'resnet18', pairs: 64, width: 0.25, imageSize: 32 },
  { method: 'simclr', encoder: 'resnet18', pairs: 16, width: 1, imageSize: 96 },
  { method: 'simclr', encoder: 'resnet50', pairs: 16, width: 1, imageSize: 64 },
];

/** "simclr resnet18 width 64, 32 images × 2 views, 32 px". */
export function nameOf({ method, encoder, pairs, width, imageSize }: StepShape): string {
  return `${method} ${encoder} width ${64 * width}, ${pairs} images × 2 views, ${imageSize} px`;
}
