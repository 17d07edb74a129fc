import { describe, expect, it } from 'vitest';
import { probeDevice } from '../../main/engine/execute/ort/devices.ts';
import { chooseDevice } from '../../main/worker/chooseDevice.ts';
import { executorFor } from '../../main/worker/executorFor.ts';
import { describeWith, swiftShader, swiftShaderIcd } from '../helpers/requirement.ts';
import { errorCode } from '../helpers/errorCode.ts';

describe('the devices of this machine', () => {
  it('are tried, and the CPU is always there', async () => {
    const cpu = await probeDevice('cpu');
    expect(cpu).toMatchObject({ available: true, reason: null });
    expect(cpu.gigaflops).toBeGreaterThan(0);
    const { available, reason, gigaflops } = await probeDevice('webgpu');
    expect(available).toBe(gigaflops !== null);
    expect(available).toBe(reason === null);
  });

  it('are not available when they do not answer in time', async () => {
    expect(await probeDevice('cpu', { timeLimit: 1 })).toMatchObject({
      available: false,
      reason: 'it did not answer within 0.001 s',
    });
  });

  it('have CUDA only where its libraries are installed, else it is said how to add them', async () => {
    const { available } = await probeDevice('cuda');
    if (available) expect((await executorFor('cuda')).name).toBe('cuda');
    else expect(await errorCode(() => executorFor('cuda'))).toBe('cuda-unusable');
  });
});

describeWith(swiftShader, 'a GPU in software', () => {
  it('loses the trial by itself', async () => {
    const before = { icd: process.env.VK_ICD_FILENAMES, runtime: process.env.XDG_RUNTIME_DIR };
    process.env.VK_ICD_FILENAMES = swiftShaderIcd;
    process.env.XDG_RUNTIME_DIR = '/tmp';
    try {
      // However long it takes here: what counts is its figure.
      const { device, trial } = await chooseDevice('auto', (each) =>
        probeDevice(each, { timeLimit: 100_000 }),
      );
      expect(device).toBe('cpu');
      const [cpu, gpu] = trial?.map(({ gigaflops }) => gigaflops) ?? [];
      expect(gpu).toBeGreaterThan(0);
      expect(cpu).toBeGreaterThan((gpu ?? NaN) * 2);
    } finally {
      restore('VK_ICD_FILENAMES', before.icd);
      restore('XDG_RUNTIME_DIR', before.runtime);
    }
  }, 200_000);
});

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
