import { defineConfig } from 'vitest/config';
import { closingLineReporter } from './test/helpers/closingLine.ts';

export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/**/*.test.ts'],
    // Native addons are loaded by some tests: a process each, and no more of them than the smallest machine has cores.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', closingLineReporter()],
  },
});
