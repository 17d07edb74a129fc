import { describe, expect, it } from 'vitest';
import { drawLabels, type LabelCandidate } from '../../../main/app/drawLabels.ts';

function candidates(label: string, count: number, heldOut = 0): LabelCandidate<string>[] {
  return Array.from({ length: count }, (_, i) => ({ key: `${label}${i}`, label, heldOut: i < heldOut }));
}

const all = [...candidates('oak', 40, 10), ...candidates('elm', 13, 3), ...candidates('ash', 2)];

function training(drawn: readonly LabelCandidate<string>[], label: string): string[] {
  return drawn.filter((one) => one.label === label && !one.heldOut).map(({ key }) => key);
}

describe('drawLabels', () => {
  it('draws a number of each class, all of a class that has fewer', () => {
    const drawn = drawLabels(all, { perClass: 4 }, 's');
    expect(['oak', 'elm', 'ash'].map((label) => training(drawn, label).length)).toEqual([4, 4, 2]);
  });

  it('draws the same share of each class, at least one', () => {
    const drawn = drawLabels(all, { fraction: 0.1 }, 's');
    expect(['oak', 'elm', 'ash'].map((label) => training(drawn, label).length)).toEqual([3, 1, 1]);
    expect(drawLabels(all, { fraction: 1 }, 's')).toEqual(all);
  });

  it('leaves held-out images all of theirs', () => {
    expect(drawLabels(all, { perClass: 1 }, 's').filter((one) => one.heldOut)).toHaveLength(13);
  });

  it('draws the same ones for the same seed, in whatever order they come, and others for another', () => {
    const drawn = new Set(drawLabels(all, { perClass: 4 }, 's').map(({ key }) => key));
    const again = drawLabels([...all].reverse(), { perClass: 4 }, 's').map(({ key }) => key);
    expect(new Set(again)).toEqual(drawn);
    expect(training(drawLabels(all, { perClass: 4 }, 't'), 'oak')).not.toEqual(
      training(drawLabels(all, { perClass: 4 }, 's'), 'oak'),
    );
  });

  it('keeps what few labels had when more are drawn', () => {
    const few = training(drawLabels(all, { perClass: 3 }, 's'), 'oak');
    expect(training(drawLabels(all, { perClass: 9 }, 's'), 'oak')).toEqual(expect.arrayContaining(few));
  });
});
