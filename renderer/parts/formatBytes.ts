const units = ['bytes', 'KB', 'MB', 'GB', 'TB'] as const;

/** `1234567` as `1.2 MB`, in powers of 1000 as file managers do. */
export function formatBytes(bytes: number): string {
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power] ?? 'bytes'}`;
}
