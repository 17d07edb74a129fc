import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { describeWith, swiftShader, swiftShaderIcd } from '../helpers/requirement.ts';

const bench = resolve(import.meta.dirname, '../bench/index.ts');

/** Fails where the bench does not end well. */
async function benchGpu(icd: string): Promise<{ readonly rows: unknown; readonly said: string }> {
  const env = { ...process.env, VK_ICD_FILENAMES: icd, VK_DRIVER_FILES: icd, XDG_RUNTIME_DIR: '/tmp' };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [bench, 'gpu'], { env });
  const { rows } = JSON.parse(stdout) as { rows: unknown };
  return { rows, said: stderr };
}

describe('the bench of the GPU without one', () => {
  it('says so in a sentence, and ends well', async () => {
    const { rows, said } = await benchGpu('/nowhere.json');
    expect(rows).toBeNull();
    expect(said).toMatch(
      /No GPU to measure: graphics card not usable \(no GPU that WebGPU can use was found\)\./,
    );
  });
});

describeWith(swiftShader, 'the bench of the GPU with one in software', () => {
  it('takes it for none', async () => {
    const { rows, said } = await benchGpu(swiftShaderIcd);
    expect(rows).toBeNull();
    expect(said).toContain('No GPU to measure: ');
  });
});
