import { GenoiseError } from '../../shared/errors.ts';

/** The catalogue code of what `action` throws (or rejects with); null when it succeeds. Other errors go through. */
export async function errorCode(action: () => unknown): Promise<string | null> {
  try {
    await action();
    return null;
  } catch (error) {
    if (error instanceof GenoiseError) return error.code;
    throw error;
  }
}
