/** A complaint that is already a clause for people, to be told as it is. */
export class UnusableImage extends Error {
  override readonly name = 'UnusableImage';
}

/** A decoder's complaint as a clause for people. */
export function decodeReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UnusableImage) return message;
  if (/exceeds pixel limit/.test(message)) return 'it has more pixels than can be decoded safely';
  if (/timeout/i.test(message)) return 'decoding it takes too long';
  const detail = message
    .split('\n')[0]
    .replace(/^Input buffer has corrupt header: */, '')
    .replace(/^(Vips\w+|\w+_buffer|source): */i, '')
    .replace(/^Input buffer contains unsupported image format$/, 'its header cannot be understood')
    .replace(/^Unknown error$/, '')
    .replace(/\.$/, '');
  return detail === '' ? 'it is damaged or cut off' : `it is damaged or cut off (${detail})`;
}
