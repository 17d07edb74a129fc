import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { describeWith, swiftShader } from '../helpers/requirement.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import { writeTinyStore } from '../helpers/tinyTraining.ts';
import { appGraphs, impossibleGraph, onTheCpuOnly } from './appGraphs.ts';
import { promptly } from '../../main/engine/execute/compileSteps.ts';
import { storyOfManySteps, trainManySteps, type CompileSteps, type ManySteps } from './manySteps.ts';
import { onSwiftShader, patience } from './onSwiftShader.ts';

const root = resolve(import.meta.dirname, '../..');
const cpu = ortExecutor({ device: 'cpu', threads: 1, spinning: false });
const singly: CompileSteps = async (graph, state) => promptly(await cpu.compile(graph, state));

describe('the list of the graphs of the application', () => {
  it('has every file that gives one to an executor', () => {
    const files = readdirSync(join(root, 'main'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.startsWith('engine/'))
      .map((file) => join(root, 'main', file))
      .filter((file) => /\bcompile(Steps)?\(/.test(readFileSync(file, 'utf8')))
      .map((file) => relative(root, file));
    const listed = new Set([...appGraphs().map(({ file }) => file), ...onTheCpuOnly]);
    expect(files.toSorted()).toEqual([...listed].toSorted());
  });
});

describeWith(swiftShader, 'WebGPU, with nothing on the CPU, in the application', () => {
  it(
    'prepares every graph',
    async () => {
      const folder = temporaryFolder();
      writeTinyStore(join(folder, 'pixels'), 8);
      const refused = (await onSwiftShader('graphs', join(folder, 'pixels'))) as Record<string, string>;
      // The one that cannot be done there shows that the others would be found too.
      expect(Object.keys(refused)).toEqual([impossibleGraph.title]);
      expect(refused[impossibleGraph.title]).toContain('webgpu cannot run this graph');
    },
    patience,
  );

  it(
    'does many steps, their outputs kept on the device, as the CPU does them singly',
    async () => {
      const { story, training } = (await onSwiftShader('manySteps')) as Record<string, ManySteps>;
      expect(story).toEqual(await storyOfManySteps(singly));
      const expected = await trainManySteps(singly, 4);
      expect(training.outputs).toHaveLength(4);
      training.outputs.forEach(({ loss }, i) =>
        expect(Math.abs(loss[0] - expected.outputs[i].loss[0])).toBeLessThan(1e-3),
      );
    },
    patience,
  );
});
