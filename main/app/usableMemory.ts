const share = 0.8;

/**
 * Bytes that a job may take: most of what is free, within the limits that the system sets this process, and no more
 * than GENOISE_MEMORY_MB where somebody set that.
 */
export function usableMemory(): number {
  const limit = Number(process.env.GENOISE_MEMORY_MB ?? Infinity) * 1e6;
  const free = Math.floor(process.availableMemory() * share);
  return limit > 0 ? Math.min(limit, free) : free;
}
