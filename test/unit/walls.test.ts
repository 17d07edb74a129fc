import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';

/** The repository's own configuration, less the types: the files that are linted here do not exist. */
const eslint = new ESLint({
  cwd: new URL('../..', import.meta.url).pathname,
  overrideConfig: [tseslint.configs.disableTypeChecked],
});

async function complaints(rule: string, filePath: string, code: string): Promise<readonly string[]> {
  const [result] = await eslint.lintText(code, { filePath });
  const messages = result?.messages ?? [];
  expect(messages.filter(({ fatal }) => fatal)).toEqual([]);
  return messages.filter(({ ruleId }) => ruleId === rule).map(({ message }) => message);
}

const forbidden: readonly (readonly [file: string, specifier: string])[] = [
  ['shared/errors.ts', '../main/engine/graph/graph.ts'],
  ['renderer/main.ts', '../main/app/commands.ts'],
  ['main/engine/graph/graph.ts', '../../nn/resnet.ts'],
  ['main/engine/graph/graph.ts', '../../ssl/simclr.ts'],
  ['main/nn/resnet.ts', '../ssl/simclr.ts'],
  ['main/ssl/simclr.ts', '../training/loop.ts'],
  ['main/ssl/views/crop.ts', '../../importer/pixelStore.ts'],
  ['main/importer/scan.ts', '../training/loop.ts'],
  ['main/training/loop.ts', '../importer/scan.ts'],
  ['main/training/loop.ts', '../classify/probe.ts'],
  ['main/classify/probe.ts', '../exporter/classifier.ts'],
  ['main/exporter/classifier.ts', '../importer/decode.ts'],
  ['main/worker/entry.ts', '../library/database.ts'],
  ['main/worker/host.ts', '../engine/graph/graph.ts'],
  ['main/worker/host.ts', './entry.ts'],
  ['main/worker/messages.ts', '../training/loop.ts'],
  ['main/library/images.ts', '../app/commands.ts'],
  ['main/app/commands.ts', '../training/loop.ts'],
  ['main/app/commands.ts', '../worker/entry.ts'],
  ['main/cli/index.ts', '../library/database.ts'],
  ['main/web/server.ts', '../worker/host.ts'],
  ['main/shell/window.ts', '../library/database.ts'],
  ['main/app/commands.ts', '../../test/helpers/requirement.ts'],
  ['main/app/commands.ts', '../../build/testSetup.ts'],
  ['main/app/commands.ts', 'sharp'],
  ['main/training/loop.ts', 'onnxruntime-node'],
  ['main/engine/execute/reference/executor.ts', 'onnxruntime-node'],
  ['main/engine/execute/reference/executor.ts', '@tensorflow/tfjs-core'],
  ['main/app/commands.ts', '@tensorflow/tfjs-node'],
  ['main/app/commands.ts', 'better-sqlite3'],
  ['main/web/server.ts', 'electron'],
  ['main/web/server.ts', 'electron/main'],
];

const allowed: readonly (readonly [file: string, specifier: string])[] = [
  ['main/engine/graph/graph.ts', '../../../shared/errors.ts'],
  ['main/engine/graph/graph.ts', './node.ts'],
  ['main/engine/execute/ort/executor.ts', 'onnxruntime-node'],
  ['main/engine/execute/tensorflow/tensorFlow.ts', '@tensorflow/tfjs-core'],
  ['main/ssl/simclr.ts', '../nn/resnet.ts'],
  ['main/training/loop.ts', '../importer/pixelStoreReader.ts'],
  ['main/classify/probe.ts', '../training/loop.ts'],
  ['main/exporter/parity.ts', 'sharp'],
  ['main/worker/entry.ts', '../classify/probe.ts'],
  ['main/app/commands.ts', '../worker/host.ts'],
  ['main/app/commands.ts', '../library/database.ts'],
  ['main/library/images.ts', 'better-sqlite3'],
  ['main/cli/index.ts', '../app/commands.ts'],
  ['test/unit/graph.test.ts', '../../main/engine/graph/graph.ts'],
];

describe('import walls', () => {
  it.each(forbidden)('%s may not import %s', async (file, specifier) => {
    expect(await complaints('genoise/walls', file, `import '${specifier}';\n`)).toHaveLength(1);
  });

  it.each(allowed)('%s may import %s', async (file, specifier) => {
    expect(await complaints('genoise/walls', file, `import '${specifier}';\n`)).toEqual([]);
  });

  it.each([
    `import type { Loop } from '../training/loop.ts';`,
    `export { loop } from '../training/loop.ts';`,
    `export * from '../training/loop.ts';`,
    `export const load = () => import('../training/loop.ts');`,
    `export type Loop = import('../training/loop.ts').Loop;`,
  ])('hold against %s', async (code) => {
    expect(await complaints('genoise/walls', 'main/ssl/simclr.ts', `${code}\n`)).toHaveLength(1);
  });
});

describe('import cycles', () => {
  it('are refused', async () => {
    const withFixtures = new ESLint({
      cwd: new URL('../..', import.meta.url).pathname,
      ignore: false,
      overrideConfig: [tseslint.configs.disableTypeChecked],
    });
    const [result] = await withFixtures.lintFiles(['test/fixtures/importCycle/first.ts']);
    expect(result?.messages.map(({ ruleId }) => ruleId)).toContain('import-x/no-cycle');
  });
});
