const tooManyPixels = /exceeds pixel limit/;

/** A decoder's complaint as a clause for people. */
export function decodeReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (tooManyPixels.test(message)) return 'it has more pixels than can be decoded safely';
  if (/timeout/i.test(message)) return 'decoding it takes too long';
  const detail = message
    .split('\n')[0]
    .replace(/^Vips\w+: /i, '')
    .replace(/\.$/, '');
  return `it is damaged or cut off (${detail})`;
}
