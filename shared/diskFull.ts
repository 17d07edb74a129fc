import { genoiseError } from './errors.ts';

const fullCodes: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL']);

/**
 * Runs `write`; when the disk turns out to be full, the failure becomes `disk-full` naming `folder`.
 * Every other failure passes through.
 */
export function namingFullDisk<T>(folder: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw isDiskFull(error) ? genoiseError('disk-full', { folder }, error) : error;
  }
}

/** Whether a failure of the file system or of SQLite says that no space is left. */
export function isDiskFull(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && fullCodes.has(error.code);
}
