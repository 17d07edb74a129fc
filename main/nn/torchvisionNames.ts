/** Where an encoder stands among a state's names; below it variables are named as torchvision names them. */
export const encoderPrefix = 'encoder.';

/** torchvision's name of an encoder's variable. */
export function torchvisionName(variable: string): string {
  return variable.slice(encoderPrefix.length);
}

/** The classifying layer that no encoder has, and a counter that nothing reads: files may have them or not. */
export function isBesideEncoder(name: string): boolean {
  return /^(fc|classifier)\./.test(name) || name.endsWith('.num_batches_tracked');
}
