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
    const { graph, variables } = buildMethodTraining({ method, settings, batchSize: 16, side: 8 }, optimizer);
    const schedules = Object.keys(method.schedules(settings)).map((name) => `schedule.${name}`);
    const read = [...graphFeeds(graph).keys()].filter((name) => name.startsWith('schedule.'));
    expect(read).toEqual(schedules);
    for (const { name } of variables.declared.values()) expect(variables.updates.has(name), name).toBe(true);
  });

  it.each(scales)('describes two views of the size asked for: %s', (scale) => {
    const views = method.views(method.defaults(scale).settings, scale, 40);
    expect(views.map(({ size }) => size)).toEqual([40, 40]);
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
