import { describe, expect, it } from 'vitest';
import {
  decodeSafetensors,
  encodeSafetensors,
  fileHashKey,
  tensorHashes,
} from '../../main/training/safetensors.ts';
import type { Tensor } from '../../main/engine/graph/node.ts';

const tensors: Record<string, Tensor> = {
  'b.weight': { dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, -2.5, 3, 1e-30) },
  mask: { dtype: 'uint8', shape: [3], data: Uint8Array.of(0, 7, 255) },
  a: { dtype: 'int32', shape: [], data: Int32Array.of(-5) },
};
const metadata = { step: '12', 'with "quotes"': 'é' };

function file(): Uint8Array {
  return Buffer.concat(encodeSafetensors({ tensors, metadata }));
}

/** The hash that a file was checked against; undefined if it has none or is refused. */
function hashOf(bytes: Uint8Array): string | undefined {
  try {
    return decodeSafetensors(bytes).metadata[fileHashKey];
  } catch {
    return undefined;
  }
}

describe('safetensors', () => {
  it('gives back what was written', () => {
    const read = decodeSafetensors(file());
    expect(read.tensors).toEqual(tensors);
    expect(read.metadata).toMatchObject(metadata);
  });

  it('has the published layout: header length, JSON, data in order', () => {
    const bytes = Buffer.from(file());
    const length = Number(bytes.readBigUInt64LE(0));
    expect(length % 8).toBe(0);
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<string, object>;
    expect(header['b.weight']).toEqual({ dtype: 'F32', shape: [2, 2], data_offsets: [4, 20] });
    expect(header.a).toEqual({ dtype: 'I32', shape: [], data_offsets: [0, 4] });
    expect(header.mask).toEqual({ dtype: 'U8', shape: [3], data_offsets: [20, 23] });
    expect(bytes.readFloatLE(8 + length + 4 + 4)).toBe(-2.5);
    expect(bytes.length).toBe(8 + length + 23);
  });

  it('reads a file of another writer, without hash or metadata', () => {
    const header = Buffer.from('{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}');
    const bytes = Buffer.alloc(8 + header.length + 4);
    bytes.writeBigUInt64LE(BigInt(header.length), 0);
    header.copy(bytes, 8);
    bytes.writeFloatLE(0.5, 8 + header.length);
    expect(decodeSafetensors(bytes).tensors.x.data).toEqual(Float32Array.of(0.5));
  });

  it('stores float64 values of float32 tensors as float32', () => {
    const wide: Tensor = { dtype: 'float32', shape: [1], data: Float64Array.of(0.1) };
    const bytes = Buffer.concat(encodeSafetensors({ tensors: { wide }, metadata: {} }));
    expect(decodeSafetensors(bytes).tensors.wide.data).toEqual(Float32Array.of(0.1));
  });

  it('refuses a file cut off at any length', () => {
    const whole = file();
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeSafetensors(whole.subarray(0, length)), `${length} bytes`).toThrow();
    }
  });

  it('notices any one byte changed, or at least that there is no hash', () => {
    for (let at = 0; at < file().length; at++) {
      const bytes = file();
      bytes[at] ^= 1;
      expect(hashOf(bytes), `byte ${at}`).toBeUndefined();
    }
  });

  it('refuses bytes after the end', () => {
    expect(() => decodeSafetensors(Buffer.concat([file(), Buffer.of(0)]))).toThrow('follows');
  });

  it('hashes each tensor by its bytes alone', () => {
    const hashes = tensorHashes(tensors);
    expect(Object.keys(hashes)).toEqual(['a', 'b.weight', 'mask']);
    const changed = { ...tensors, a: { ...tensors.a, data: Int32Array.of(-6) } };
    const other = tensorHashes(changed);
    expect(other.a).not.toBe(hashes.a);
    expect(other['b.weight']).toBe(hashes['b.weight']);
  });
});
