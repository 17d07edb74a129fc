import { beforeAll, describe, expect, it } from 'vitest';
import { ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { describeWith, swiftShader } from '../helpers/requirement.ts';
import { onSwiftShader, patience } from './onSwiftShader.ts';
import { runnableCases } from './webgpuCases.ts';
import { tellStateStory } from './stateStory.ts';
import { trainTinyNetwork } from './tinyNetwork.ts';

const cpu = ortExecutor({ device: 'cpu', threads: 1, spinning: false });

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
