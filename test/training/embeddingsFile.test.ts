import { existsSync, readFileSync, truncateSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../main/nn/random.ts';
import { openEmbeddingsWriter, readEmbeddedSlots, readUnitRows } from '../../main/training/embeddingsFile.ts';
import type { Features } from '../../main/training/knn.ts';
import { errorCode } from '../helpers/errorCode.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

const slots = Int32Array.of(3, 8, 5, 0);

function features(count: number, size: number): Features {
  const random = randomStream(1, 'embeddings');
  return { data: Float32Array.from({ length: count * size }, () => random.normal()), count, size };
}

function write(path: string): Features {
  const all = features(4, 6);
  const writer = openEmbeddingsWriter(path, slots, 6, { run: '7' });
  writer.add({ ...all, data: all.data.subarray(0, 18), count: 3 });
  expect(existsSync(path)).toBe(false);
  writer.add({ ...all, data: all.data.subarray(18), count: 1 });
  writer.commit();
  writer.discard();
  return all;
}

describe('a file of embeddings', () => {
  it('gives unit rows by slot, in any order, repeated, and says which it lacks', () => {
    const path = `${temporaryFolder()}/a.safetensors`;
    const { data } = write(path);
    const rows = readUnitRows(path, [5, 0, 4, 5, 99]);
    expect([...rows.present]).toEqual([1, 1, 0, 1, 0]);
    const row = (i: number): number[] => [...rows.data.subarray(6 * i, 6 * i + 6)];
    const length = Math.hypot(...data.subarray(12, 18));
    row(0).forEach((value, j) => expect(value).toBeCloseTo(data[12 + j] / length, 3));
    expect(row(3)).toEqual(row(0));
    expect(row(2)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(Math.hypot(...row(1))).toBeCloseTo(1, 3);
    expect([...readEmbeddedSlots(path)]).toEqual([...slots]);
  });

  it('is safetensors', () => {
    const path = `${temporaryFolder()}/a.safetensors`;
    write(path);
    const file = readFileSync(path);
    const header = JSON.parse(file.subarray(8, 8 + Number(file.readBigUInt64LE(0))).toString()) as object;
    expect(header).toMatchObject({
      slots: { dtype: 'I32', shape: [4], data_offsets: [0, 16] },
      vectors: { dtype: 'F16', shape: [4, 6], data_offsets: [16, 64] },
    });
  });

  it('leaves nothing when it is not finished, and is refused when it is cut off or missing', async () => {
    const folder = temporaryFolder();
    const writer = openEmbeddingsWriter(`${folder}/b`, slots, 6, {});
    expect(() => writer.commit()).toThrow('4 rows are missing');
    writer.discard();
    expect(existsSync(`${folder}/b.partial`)).toBe(false);
    write(`${folder}/a`);
    truncateSync(`${folder}/a`, statSync(`${folder}/a`).size - 1);
    expect(await errorCode(() => readUnitRows(`${folder}/a`, [0]))).toBe('checkpoint-corrupted');
    expect(await errorCode(() => readUnitRows(`${folder}/b`, [0]))).toBe('cannot-read');
  });
});
