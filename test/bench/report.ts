import { cpus } from 'node:os';

/** One comparison, as `--json` prints it: `ratio` is ours / theirs in speed, above 1 is faster. */
export interface BenchResult {
  readonly bench: string;
  readonly ratio: number | null;
  readonly ours: number;
  readonly theirs: number | null;
  readonly unit: string;
  readonly runs: number;
  /** Lowest and highest of each side. */
  readonly spread: { readonly ours: readonly number[]; readonly theirs: readonly number[] };
  /** Whatever else a bench has to say. */
  readonly details?: unknown;
}

/** The processor and how many of its threads there are. */
export function machine(): string {
  const [first] = cpus();
  return `${cpus().length} × ${first?.model.trim() ?? 'unknown processor'}`;
}

/** People read standard error, programs the last line of standard output. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
