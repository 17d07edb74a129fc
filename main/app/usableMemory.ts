const share = 0.8;

/** Bytes that a job may take: most of what is free, within the limits that the system sets this process. */
export function usableMemory(): number {
  return Math.floor(process.availableMemory() * share);
}
