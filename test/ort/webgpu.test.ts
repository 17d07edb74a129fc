import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { describeWith, swiftShader, swiftShaderIcd } from '../helpers/requirement.ts';
import { runnableCases } from './webgpuCases.ts';
import { tellStateStory } from './stateStory.ts';
import { trainTinyNetwork } from './tinyNetwork.ts';

/** Shaders are compiled by a software GPU. */
const patience = 300_000;
const cpu = ortExecutor({ device: 'cpu', threads: 1, spinning: false });

async function onSwiftShader(part: string): Promise<unknown> {
  const script = resolve(import.meta.dirname, 'webgpuChild.ts');
  const env = { ...process.env, VK_ICD_FILENAMES: swiftShaderIcd, XDG_RUNTIME_DIR: '/tmp' };
  const { stdout } = await promisify(execFile)(process.execPath, [script, part], { env, timeout: patience });
  return JSON.parse(stdout);
}

describeWith(swiftShader, 'WebGPU, with nothing on the CPU', () => {
  describe('each op', () => {
    let errors: Record<string, number> = {};
    beforeAll(async () => {
      errors = (await onSwiftShader('ops')) as Record<string, number>;
    }, patience);
    const { joined, alone } = runnableCases();
    it.each([...joined, ...alone].map(({ title }) => title))('%s equals the reference', (title) => {
      expect(errors[title]).toBeLessThan(1e-5);
    });
  });

  it(
    'keeps state on the GPU as it is kept on the CPU',
    async () => {
      expect(await onSwiftShader('state')).toEqual(await tellStateStory(cpu));
    },
    patience,
  );

  it(
    'trains a tiny network to the losses of the CPU',
    async () => {
      const losses = (await onSwiftShader('training')) as number[];
      const expected = await trainTinyNetwork(cpu, 5);
      expect(losses).toHaveLength(5);
      losses.forEach((loss, i) => expect(Math.abs(loss - expected[i])).toBeLessThan(1e-3));
    },
    patience,
  );
});
