import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { closingLineReporter } from './test/helpers/closingLine.ts';

// Some tests start many processes of the same sources: each but the first begins with what an earlier one has compiled.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/compiled');

const unit = 'test/unit/**/*.test.ts';

export default defineConfig({
  test: {
    environment: 'node',
    // Native addons are loaded by some tests: a process each, and no more of them than the smallest machine has cores.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', closingLineReporter()],
    projects: [
      // No native code, and nothing that one leaves behind for another: they share two processes.
      { extends: true, test: { name: 'unit', include: [unit], isolate: false } },
      { extends: true, test: { name: 'native', include: ['test/**/*.test.ts'], exclude: [unit] } },
    ],
  },
});
