/** What every browser shows as it is, by the first bytes of the file. */
const signatures: readonly { readonly type: string; readonly matches: (start: string) => boolean }[] = [
  { type: 'image/jpeg', matches: (start) => start.startsWith('\xff\xd8\xff') },
  { type: 'image/png', matches: (start) => start.startsWith('\x89PNG\r\n\x1a\n') },
  { type: 'image/gif', matches: (start) => /^GIF8[79]a/.test(start) },
  { type: 'image/webp', matches: (start) => start.startsWith('RIFF') && start.slice(8, 12) === 'WEBP' },
  { type: 'image/avif', matches: (start) => /^....ftypavi[fs]/s.test(start) },
];

/** The media type of a file that browsers show, by its first bytes (a dozen or more); null for all others. */
export function shownType(bytes: Uint8Array): string | null {
  const start = String.fromCharCode(...bytes.subarray(0, 16));
  return signatures.find(({ matches }) => matches(start))?.type ?? null;
}

/** Whether a media type is one of a picture that a page shows and does not run (an SVG may hold scripts). */
export function isShownType(type: string): boolean {
  return type === 'image/bmp' || signatures.some((signature) => signature.type === type);
}
