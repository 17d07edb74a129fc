const slash = 0x2f;

/**
 * The class that an image's folder gives it: the name of the innermost folder that holds it.
 * @param relativePath the image's path below its root, `/` between folders
 * @returns null for an image that lies directly in the root
 */
export function folderClass(relativePath: Uint8Array): string | null {
  const end = relativePath.lastIndexOf(slash);
  if (end <= 0) return null;
  const start = relativePath.lastIndexOf(slash, end - 1) + 1;
  return new TextDecoder().decode(relativePath.subarray(start, end)).normalize('NFC');
}
