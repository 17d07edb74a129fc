import { describe, expect, it } from 'vitest';
import { reasonText } from '../../../renderer/views/label/reasonText.ts';
import { afterStep, nextOpen } from '../../../renderer/views/label/roundPlace.ts';
import { gridSets, queryOf } from '../../../renderer/views/label/gridSets.ts';
import type { AskedImage } from '../../../shared/labelling.ts';
import type { ClassId, ClassRow, ImageId } from '../../../shared/records.ts';

const [moth, bee] = [1, 2] as ClassId[];
const row = (id: ClassId, name: string): ClassRow => ({
  ...{ id, name, position: id - 1, colour: null, shape: null, key: String(id) },
});
const classes = [row(moth, 'Moth'), row(bee, 'Bee')];
const image = (id: number, part: Partial<AskedImage> = {}): AskedImage => ({
  ...{ imageId: id as ImageId, displayName: `${id}.jpg`, width: 1, height: 1, heldOut: false },
  ...{ reason: 'random', guesses: [], classId: null, mark: null },
  ...part,
});

describe('the place in a round', () => {
  it('is the next image without an answer, from the start again at the end', () => {
    const images = [image(1), image(2, { classId: moth }), image(3, { mark: 'skipped' }), image(4)];
    expect(nextOpen(images, 1)).toBe(3);
    expect(nextOpen(images, 4)).toBe(0);
    expect(nextOpen(images.slice(1, 3), 0)).toBe(-1);
  });

  it('shows after an undone step what images have now', () => {
    const images = [image(1, { classId: moth }), image(2, { mark: 'unsure' }), image(3)];
    const step = {
      ...{ changeId: 1, classes: [] },
      labels: [{ imageId: 1 as ImageId, classId: null }],
      marks: [{ imageId: 1 as ImageId, mark: 'unsure' as const }],
    };
    expect(afterStep(images, step)).toMatchObject([
      { classId: null, mark: 'unsure' },
      { mark: 'unsure' },
      { mark: null },
    ]);
  });
});

describe('why an image is asked about', () => {
  it('is said in words, held out before all else', () => {
    const guesses = [
      { classId: bee, probability: 0.5 },
      { classId: moth, probability: 0.4 },
    ];
    expect(reasonText(image(1, { reason: 'uncertain', guesses }), classes)).toContain('Bee or Moth');
    expect(reasonText(image(1, { reason: 'uncertain' }), classes)).toContain('leave open what');
    expect(reasonText(image(1, { reason: 'typical' }), classes)).toContain('no label yet');
    expect(reasonText(image(1, { heldOut: true }), classes)).toContain('Held out');
  });
});

describe('what the grid can show', () => {
  it('is a query, or the round', () => {
    for (const { value } of gridSets(classes)) {
      expect(queryOf(value) === null, value).toBe(value === 'round');
    }
    expect(queryOf('class-2')).toMatchObject({ filter: { classId: 2 } });
    expect(queryOf('class-x')).toBeNull();
  });
});
