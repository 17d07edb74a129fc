import { GenoiseError, genoiseError } from '../../shared/errors.ts';

/** An abort that stopped the work is told as `cancelled`; a failure of its own stays what it is. */
export function cancelledOr(error: unknown, signal: AbortSignal, job: string): unknown {
  return signal.aborted && !(error instanceof GenoiseError)
    ? genoiseError('cancelled', { job }, error)
    : error;
}
