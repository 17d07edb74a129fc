import { describe, expect, it } from 'vitest';
import { referenceExecutor } from '../../../main/engine/execute/reference/referenceExecutor.ts';
import { gradients } from '../../../main/engine/gradient/gradients.ts';
import { multiply } from '../../../main/engine/graph/ops.ts';
import { initialState } from '../../../main/nn/initialize.ts';
import { byol, type ByolSettings } from '../../../main/ssl/byol.ts';
import { negativeCosine } from '../../../main/ssl/negativeCosine.ts';
import { simsiam, type SimsiamSettings } from '../../../main/ssl/simsiam.ts';
import { evaluate } from '../../helpers/evaluate.ts';
import { buildMethod, type MethodRequest } from '../../helpers/methodStep.ts';
import { randomTensor, tensor } from '../../helpers/tensors.ts';
import type { Tensors } from '../../../main/engine/execute/executor.ts';
import type { Node } from '../../../main/engine/graph/node.ts';

const [side, batchSize] = [8, 6];
const byolSettings: ByolSettings = { momentum: 0.9, hidden: 8, output: 4, predictor: true, lossScale: 1 };
const simsiamSettings: SimsiamSettings = {
  projector: [8, 4],
  affineOutput: true,
  predictor: true,
  predictorHidden: 4,
};

/** The loss, and the state after a step without optimizer, from a state that `change` has changed. */
async function run(
  request: Pick<MethodRequest, 'method' | 'settings'>,
  change: (state: Tensors) => Tensors = (state) => state,
  { swapped = false, momentum = 0.9 } = {},
): Promise<{ loss: number; before: Tensors; after: Tensors }> {
  const { step, variables } = buildMethod({ ...request, batchSize, side });
  const before = change(initialState(variables, 1));
  const graph = { outputs: { loss: step.loss }, updates: Object.fromEntries(variables.updates) };
  const program = await referenceExecutor.compile(graph, before);
  const views = [2, 3].map((seed) => randomTensor([batchSize, 3, side, side], seed));
  if (swapped) views.reverse();
  const schedule = request.method === byol ? { 'schedule.momentum': tensor([], [momentum]) } : {};
  const { loss } = await program.step({ view0: views[0], view1: views[1], ...schedule });
  return { loss: loss.data[0], before, after: await program.read() };
}

function scaled(name: string, factor: number): (state: Tensors) => Tensors {
  return (state) => {
    const { data, ...rest } = state[name];
    return { ...state, [name]: { ...rest, data: Float64Array.from(data, (value) => factor * value) } };
  };
}

describe('negativeCosine', () => {
  it('does not change with the length of either side, and is −1 for one direction', async () => {
    const [p, z] = [randomTensor([5, 4], 1), randomTensor([5, 4], 2)];
    const cosine = (p: typeof z, factor: number): Promise<number> =>
      evaluate([p, z], ([a, b]) => negativeCosine(multiply(a, factor), b)).then(({ data }) => data[0]);
    expect(await cosine(p, 7)).toBeCloseTo(await cosine(p, 1), 9);
    expect(await cosine(z, 3)).toBeCloseTo(-1, 9);
    expect(await cosine(z, -3)).toBeCloseTo(1, 9);
  });
});

describe.each([
  { method: byol, settings: byolSettings, last: 'predictor.3.weight' },
  { method: simsiam, settings: { ...simsiamSettings, projector: [8, 4] }, last: 'predictor.3.weight' },
] as const)('$method.name', ({ method, settings, last }) => {
  it('is the same whichever view comes first', async () => {
    const [one, other] = [false, true].map((swapped) => run({ method, settings }, undefined, { swapped }));
    expect((await one).loss).toBeCloseTo((await other).loss, 9);
  });

  it('does not change when the prediction is scaled', async () => {
    const bias = (state: Tensors): Tensors => ({
      ...state,
      ...('predictor.3.bias' in state ? scaled('predictor.3.bias', 5)(state) : {}),
    });
    const plain = await run({ method, settings });
    const stretched = await run({ method, settings }, (state) => bias(scaled(last, 5)(state)));
    expect(stretched.loss).toBeCloseTo(plain.loss, 8);
    const other = await run({ method, settings }, scaled('predictor.0.weight', -1));
    expect(Math.abs(other.loss - plain.loss)).toBeGreaterThan(1e-3);
  });
});

describe('byol', () => {
  const target = (name: string): boolean => name.startsWith('target.');

  it('lets the target follow, and sends no gradient through it', async () => {
    const { step, variables } = buildMethod({ method: byol, settings: byolSettings, batchSize, side });
    const slow = [...variables.declared.values()].filter(({ name }) => target(name));
    expect(slow.map(({ name }) => name)).toContain('target.projector.3.weight');
    expect(slow.some(({ name, trainable }) => trainable || name.includes('predictor'))).toBe(false);
    const nodes = slow.map(({ name }) => variables.nodes.get(name)).filter((n): n is Node => Boolean(n));
    expect(new Set(gradients(step.loss, nodes).map(({ op }) => op))).toEqual(new Set(['constant']));

    const name = 'target.projector.3.weight';
    const { before, after } = await run({ method: byol, settings: byolSettings }, scaled(name, 3), {
      momentum: 0.75,
    });
    const online = before['projector.3.weight'].data;
    const expected = [...before[name].data].map((value, i) => 0.75 * value + 0.25 * online[i]);
    [...after[name].data].forEach((value, i) => expect(value).toBeCloseTo(expected[i], 10));
  });

  it('lets the momentum rise from its first value to 1 along a cosine', () => {
    const { momentum } = byol.schedules({ ...byolSettings, momentum: 0.9 });
    const at = (progress: number): number => momentum({ step: 0, totalSteps: 1, epoch: 0, progress });
    expect(at(0)).toBeCloseTo(0.9, 12);
    expect(at(0.5)).toBeCloseTo(0.95, 12);
    expect(at(1)).toBeCloseTo(1, 12);
  });

  it('is 0 where both networks see the same', async () => {
    // Without a predictor, and with the target moved to where the online network is, equal views give equal rows.
    const { step, variables } = buildMethod({
      method: byol,
      settings: { ...byolSettings, predictor: false },
      batchSize,
      side,
    });
    const program = await referenceExecutor.compile(
      { outputs: { loss: step.loss }, updates: Object.fromEntries(variables.updates) },
      initialState(variables, 1),
    );
    const view = randomTensor([batchSize, 3, side, side], 2);
    const { loss } = await program.step({
      view0: view,
      view1: view,
      'schedule.momentum': tensor([], [0]),
    });
    expect(loss.data[0]).toBeCloseTo(0, 9);
  });
});

describe('simsiam', () => {
  it('keeps the predictor, and nothing else, at its first learning rate', () => {
    const constant = (name: string): boolean =>
      simsiam.parameterGroup?.({ name, shape: [1] }, simsiamSettings).constantLearningRate === true;
    expect(['predictor.0.weight', 'predictor.4.bias'].every(constant)).toBe(true);
    expect(['projector.0.weight', 'encoder.conv1.weight'].some(constant)).toBe(false);
  });

  it('has no learned scale after its last layer where the authors have none', () => {
    const { step, variables } = buildMethod({
      method: simsiam,
      settings: { ...simsiamSettings, affineOutput: false },
      batchSize,
      side,
    });
    expect(variables.nodes.has('projector.4.weight')).toBe(false);
    expect(variables.nodes.has('projector.4.running_mean')).toBe(true);
    expect(variables.nodes.has('projector.1.weight')).toBe(true);
    expect(step.embeddings.map(({ shape }) => shape)).toEqual([
      [batchSize, 4],
      [batchSize, 4],
    ]);
  });
});
