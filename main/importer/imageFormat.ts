const signatures = {
  jpeg: [0xff, 0xd8, 0xff],
  png: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
} as const;

export type ImageFormat = keyof typeof signatures;

/** Bytes from a file's start that `imageFormat` looks at. */
export const signatureBytes = 8;

/** The format that a file's first bytes show, or null for one that we do not read. */
export function imageFormat(bytes: Uint8Array): ImageFormat | null {
  const formats = Object.keys(signatures) as ImageFormat[];
  return formats.find((format) => signatures[format].every((byte, i) => bytes[i] === byte)) ?? null;
}
