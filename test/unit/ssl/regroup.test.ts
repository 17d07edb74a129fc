import { describe, expect, it } from 'vitest';
import { regroup } from '../../../main/ssl/regroup.ts';
import { evaluate } from '../../helpers/evaluate.ts';
import { tensor } from '../../helpers/tensors.ts';

const count = 16;
const groups = 4;
const numbers = tensor(
  [count, 1],
  Array.from({ length: count }, (_, i) => i),
);

describe('regroup', () => {
  it('spreads each group over all groups', async () => {
    const { data } = await evaluate([numbers], ([x]) => regroup(x, groups));
    for (let group = 0; group < groups; group++) {
      const members = Array.from(data).filter((_, place) => place % groups === group);
      expect(new Set(members.map((sample) => sample % groups)).size).toBe(groups);
    }
  });

  it('is undone by the other factor of the batch', async () => {
    const { data } = await evaluate([numbers], ([x]) => regroup(regroup(x, 2), count / 2));
    expect([...data]).toEqual([...numbers.data]);
  });

  it('refuses groups that do not divide the batch', async () => {
    await expect(evaluate([numbers], ([x]) => regroup(x, 3))).rejects.toThrow(
      'a batch of 16 has no 3 equal groups',
    );
  });
});
