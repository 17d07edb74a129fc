import type { Reporter, TestModule } from 'vitest/node';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** `N passed, N failed`, with `, N skipped` behind it when there were any. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** Prints the counts alone on the very last line, for machines that read only that one. */
export function closingLineReporter(): Reporter {
  return {
    onTestRunEnd(modules, unhandledErrors) {
      const counts = count(modules, unhandledErrors.length);
      // Whatever else reports at the end of the run has done so when the process exits.
      process.once('exit', () => process.stdout.write(`\n${closingLine(counts)}\n`));
    },
  };
}

/** A file or a suite that could not be set up, and an error outside any test, each count as one failure. */
function count(modules: readonly TestModule[], unhandledErrors: number): Counts {
  const total = { passed: 0, failed: unhandledErrors, skipped: 0 };
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed' || state === 'failed') total[state] += 1;
      else total.skipped += 1;
    }
    if (module.errors().length > 0) total.failed += 1;
    for (const suite of module.children.allSuites()) {
      if (suite.errors().length > 0) total.failed += 1;
    }
  }
  return total;
}
