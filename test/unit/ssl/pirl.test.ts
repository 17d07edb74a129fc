import { describe, expect, it } from 'vitest';
import { referenceExecutor } from '../../../main/engine/execute/reference/referenceExecutor.ts';
import { initialState } from '../../../main/nn/initialize.ts';
import { pirl, type PirlSettings } from '../../../main/ssl/pirl.ts';
import { buildMethod } from '../../helpers/methodStep.ts';
import { integers, randomTensor, tensor } from '../../helpers/tensors.ts';
import type { Tensors } from '../../../main/engine/execute/executor.ts';

const settings: PirlSettings = { ...pirl.defaults('small').settings, negatives: 100, hidden: 8, output: 4 };
const [batchSize, sampleCount, sides] = [4, 12, [8, ...new Array<number>(9).fill(4)]];
const indices = [7, 0, 11, 3];

interface Run {
  readonly before: Tensors;
  readonly after: Tensors;
  readonly outputs: Tensors;
}

/** One step without an optimizer; sample i of the batch is row `rows[i]` of the memory bank. */
async function run({
  changed = {},
  rows = indices,
  memory,
  share = 0,
}: {
  changed?: Partial<PirlSettings>;
  rows?: readonly number[];
  memory?: Tensors[string];
  share?: number;
} = {}): Promise<Run> {
  const request = { batchSize, sampleCount, sides, side: 8, settings: { ...settings, ...changed } };
  const { step, variables } = buildMethod({ ...request, method: pirl });
  const initial = initialState(variables, 1);
  const before = memory ? { ...initial, memory } : initial;
  const [image, patches] = step.embeddings;
  const graph = {
    outputs: { loss: step.loss, image, patches },
    updates: Object.fromEntries(variables.updates),
  };
  const sampled = request.settings.negatives < sampleCount - 1;
  const program = await referenceExecutor.compile(graph, before);
  const outputs = await program.step({
    indices: integers(rows),
    ...Object.fromEntries(sides.map((side, i) => [`view${i}`, randomTensor([batchSize, 3, side, side], i)])),
    ...(sampled && { 'schedule.memory': tensor([], [share]) }),
  });
  return { before, after: await program.read(), outputs };
}

function row({ data }: Tensors[string], i: number): number[] {
  return Array.from(data).slice(4 * i, 4 * i + 4);
}

function unit(values: readonly number[]): number[] {
  return values.map((value) => value / Math.hypot(...values));
}

describe('pirl', () => {
  it('moves the memory of the images it saw half-way to their new embeddings, and no other', async () => {
    const { before, after, outputs } = await run();
    for (let sample = 0; sample < sampleCount; sample++) {
      const old = row(before.memory, sample);
      const place = indices.indexOf(sample);
      const seen = place < 0 ? old : row(outputs.image, place);
      const expected = place < 0 ? old : unit(old.map((value, i) => (value + seen[i]) / 2));
      row(after.memory, sample).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 8));
    }
  });

  it('does not change when the images are numbered otherwise, the memory with them', async () => {
    const plain = await run();
    const renumber = (sample: number): number => (sample * 5 + 2) % sampleCount;
    const memory = new Float64Array(plain.before.memory.data.length);
    for (let sample = 0; sample < sampleCount; sample++) {
      memory.set(row(plain.before.memory, sample), 4 * renumber(sample));
    }
    const moved = await run({
      rows: indices.map(renumber),
      memory: tensor([sampleCount, 4], [...memory]),
    });
    expect(moved.outputs.loss.data[0]).toBeCloseTo(plain.outputs.loss.data[0], 10);
  });

  it('never takes an image for a negative of its own', async () => {
    // All of the memory but the images of the batch is opposite to them: only an image's own row can be near it.
    const { outputs } = await run({ changed: { temperature: 0.05, patchWeight: 0 } });
    const images = Array.from({ length: batchSize }, (_, i) => row(outputs.image, i));
    const memory = Array.from({ length: sampleCount }, () => images[0].map((value) => -value));
    memory[indices[0]] = images[0];
    const again = await run({
      changed: { temperature: 0.05, patchWeight: 0 },
      rows: indices,
      memory: tensor([sampleCount, 4], memory.flat()),
    });
    const loss = (i: number): number => {
      const cosines = memory.map((other) => other.reduce((sum, v, k) => sum + v * images[i][k], 0) / 0.05);
      const own = Math.exp(cosines[indices[i]]);
      const others = cosines.filter((_, k) => k !== indices[i]).map(Math.exp);
      return -Math.log(own / (own + others.reduce((sum, value) => sum + value)));
    };
    expect(loss(0)).toBeLessThan(1e-6);
    const mean = images.reduce((sum, _, i) => sum + loss(i), 0) / batchSize;
    expect(again.outputs.loss.data[0]).toBeCloseTo(mean, 8);
  });

  it('takes other negatives at each step where the memory has more than enough', async () => {
    const few = { negatives: 3 };
    const losses = await Promise.all([0, 0.3, 0.9].map((share) => run({ changed: few, share })));
    expect(new Set(losses.map(({ outputs }) => outputs.loss.data[0])).size).toBe(3);
    const { memory } = pirl.schedules(settings);
    const shares = Array.from({ length: 20 }, (_, step) =>
      memory({ step, totalSteps: 20, epoch: 0, progress: step / 20 }),
    );
    expect(new Set(shares.map((share) => Math.floor(share * 10))).size).toBe(10);
  });

  it('is at chance while the memory is random', async () => {
    const settingsNow = { negatives: 100, output: 4, temperature: 1 };
    const { outputs } = await run({ changed: settingsNow });
    const limited = pirl.limitSettings?.({ ...settings, ...settingsNow }, sampleCount) ?? settings;
    const chance = Number(pirl.chanceLoss(limited, batchSize));
    expect(chance).toBeCloseTo(Math.log(sampleCount), 12);
    expect(Math.abs(outputs.loss.data[0] - chance)).toBeLessThan(0.8);
  });
});
