import { describe, expect, it } from 'vitest';
import { graphFeeds } from '../../../main/engine/graph/graph.ts';
import { findMethod, methods } from '../../../main/ssl/methods.ts';
import { buildMethodTraining } from '../../helpers/methodStep.ts';

// What the trainer relies on, for every method in the list.

const scales = ['small', 'large'] as const;
const position = { step: 3, totalSteps: 10, epoch: 1, progress: 0.3 };

it('finds each method by its name, and nothing else', () => {
  expect(new Set(methods.map(({ name }) => name)).size).toBe(methods.length);
  for (const method of methods) expect(findMethod(method.name)).toBe(method);
  expect(findMethod('none')).toBeUndefined();
});

describe.each(methods)('$name', (method) => {
  it.each(scales)('builds a training step from its published settings: %s', (scale) => {
    const { settings, optimizer } = method.defaults(scale);
    const sides = method.views(settings, scale, 16).map(({ size }) => size);
    const sampleCount = 6000; // more than PIRL's negatives at small scale
    const request = { method, settings, batchSize: 16, side: 16, sides, sampleCount };
    const { graph, variables } = buildMethodTraining(request, optimizer);
    const schedules = Object.keys(method.schedules(settings)).map((name) => `schedule.${name}`);
    const read = [...graphFeeds(graph).keys()].filter((name) => name.startsWith('schedule.'));
    // The large recipe's negatives are the whole memory bank of so few images: nothing to choose at each step.
    const unread = method.name === 'pirl' && scale === 'large' ? ['schedule.memory'] : [];
    expect([...read, ...unread].sort()).toEqual([...schedules].sort());
    for (const { name } of variables.declared.values()) expect(variables.updates.has(name), name).toBe(true);
  });

  it.each(scales)('describes a view of the size asked for, and others of up to that size: %s', (scale) => {
    const sizes = method.views(method.defaults(scale).settings, scale, 40).map(({ size }) => size);
    expect(sizes.length).toBeGreaterThanOrEqual(2);
    expect(sizes[0]).toBe(40);
    for (const size of sizes) expect(size).toBeLessThanOrEqual(40);
  });

  it('schedules finite numbers, and has a positive loss at chance or none', () => {
    const { settings, batchSize } = method.defaults('small');
    for (const schedule of Object.values(method.schedules(settings))) {
      expect(Number.isFinite(schedule(position))).toBe(true);
    }
    const chance = method.chanceLoss(settings, batchSize);
    expect(chance === null || chance > 0).toBe(true);
  });
});
