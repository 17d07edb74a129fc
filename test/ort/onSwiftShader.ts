import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { swiftShaderIcd } from '../helpers/requirement.ts';

/** Shaders are compiled by a software GPU. */
export const patience = 300_000;

/** What a part of `webgpuChild.ts` gives on SwiftShader, in a process of its own. */
export async function onSwiftShader(part: string, ...given: readonly string[]): Promise<unknown> {
  const script = resolve(import.meta.dirname, 'webgpuChild.ts');
  const env = { ...process.env, VK_ICD_FILENAMES: swiftShaderIcd, XDG_RUNTIME_DIR: '/tmp' };
  const { stdout } = await promisify(execFile)(process.execPath, [script, part, ...given], {
    env,
    timeout: patience,
  });
  return JSON.parse(stdout);
}
