import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { createCpuState } from '../../main/engine/execute/ort/cpuState.ts';
import { ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { runSealed } from '../../main/engine/execute/ort/sealedRun.ts';
import { referenceExecutor } from '../../main/engine/execute/reference/referenceExecutor.ts';
import * as ops from '../../main/engine/graph/ops.ts';
import { lowerPortable } from '../../main/engine/lower/portable/lowerPortable.ts';
import { sealResults } from '../../main/engine/lower/sealResults.ts';
import { tensor } from '../helpers/tensors.ts';

const x = ops.feed('x', [2]);

describe('a sealed model', () => {
  it('writes its results where it is told to, and its seal keeps the binding from copying them', async () => {
    const sealed = sealResults(lowerPortable({ outputs: { y: ops.negate(x) }, updates: {} }));
    const session = await InferenceSession.create(sealed.model);
    const y = new OrtTensor('float32', new Float32Array(2), [2]);
    const inputs = { x: new OrtTensor('float32', Float32Array.of(3, 4), [2]) };
    expect(session.outputNames).toEqual([sealed.seal, 'y']);
    await expect(session.run(inputs, { [sealed.seal]: null, y })).rejects.toThrow('Non tensor type');
    y.data.fill(0);
    await runSealed(session, sealed, inputs, { y });
    expect([...y.data]).toEqual([-3, -4]);
    await session.release();
  });

  it('tells what goes wrong in a run', async () => {
    const taken = ops.gatherRows(ops.state('table', [2, 1]), ops.feed('rows', [1], 'int32'));
    const sealed = sealResults(lowerPortable({ outputs: { taken }, updates: {} }));
    const session = await InferenceSession.create(sealed.model);
    const inputs = {
      'state:table': new OrtTensor('float32', new Float32Array(2), [2, 1]),
      rows: new OrtTensor('int32', Int32Array.of(7), [1]),
    };
    const fetches = {
      [sealed.outputs.get('taken')?.name ?? '']: new OrtTensor('float32', new Float32Array(1), [1, 1]),
    };
    await expect(runSealed(session, sealed, inputs, fetches)).rejects.toThrow(/out of|bounds|range/);
    await session.release();
  });

  it('writes momentum over the old one, and weights beside it, to the values of the reference', async () => {
    const [w, m] = [ops.state('w', [2]), ops.state('m', [2])];
    const momentum = ops.add(ops.multiply(m, 0.5), ops.multiply(w, x));
    const graph = {
      outputs: { loss: ops.reduceSum(ops.multiply(w, w)) },
      updates: { m: momentum, w: ops.subtract(w, ops.multiply(momentum, 0.25)) },
    };
    const lowered = lowerPortable(graph);
    const types = new Map(['w', 'm'].map((name) => [name, { dtype: 'float32', shape: [2] } as const]));
    const store = createCpuState(lowered, types);
    const [inputs, fetches] = [store.inputs(), store.fetches()];
    expect(fetches['update:m']).toBe(inputs['state:m']);
    expect(fetches['update:w']).not.toBe(inputs['state:w']);
    const first = { w: tensor([2], [1, 2]), m: tensor([2], [4, 8]) };
    const states = [ortExecutor({ device: 'cpu', threads: 1 }), referenceExecutor].map(async (executor) => {
      const program = await executor.compile(graph, first);
      for (let step = 0; step < 3; step++) await program.step({ x: tensor([2], [1, step]) });
      const { w: weights, m: slot } = await program.read();
      await program.dispose();
      return [...weights.data, ...slot.data];
    });
    const [actual, expected] = await Promise.all(states);
    expect(actual).toEqual(expected);
  });

  it('keeps what a step returned when the next one is done', async () => {
    const w = ops.state('w', [2]);
    const graph = { outputs: { y: ops.add(w, x) }, updates: { w: ops.add(ops.multiply(w, 2), x) } };
    const program = await ortExecutor({ device: 'cpu', threads: 1 }).compile(graph, {
      w: tensor([2], [1, 1]),
    });
    const first = await program.step({ x: tensor([2], [1, 2]) });
    const second = await program.step({ x: tensor([2], [10, 20]) });
    expect([...first['y'].data]).toEqual([2, 3]);
    expect([...second['y'].data]).toEqual([13, 24]);
    expect([...(await program.read())['w'].data]).toEqual([16, 28]);
    await program.dispose();
  });
});
