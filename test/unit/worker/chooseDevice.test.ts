import { describe, expect, it } from 'vitest';
import { chooseDevice, pickDevice } from '../../../main/worker/chooseDevice.ts';
import { GenoiseError } from '../../../shared/errors.ts';

const cpu = { device: 'cpu', available: true, reason: null, gigaflops: 100 } as const;
const gpu = { device: 'webgpu', available: true, reason: null, gigaflops: 2000 } as const;
const noGpu = { device: 'webgpu', available: false, reason: 'no adapter', gigaflops: null } as const;

describe('the device of a job', () => {
  it('is the CPU at once where it was asked for', async () => {
    expect(await chooseDevice('cpu')).toBe('cpu');
  });

  it('with auto is the fastest that works, which a GPU in software is not', () => {
    expect(pickDevice('auto', [cpu, gpu])).toBe('webgpu');
    expect(pickDevice('auto', [cpu, { ...gpu, gigaflops: 1 }])).toBe('cpu');
    expect(pickDevice('auto', [cpu, noGpu])).toBe('cpu');
    expect(pickDevice('auto', [])).toBe('cpu');
  });

  it('that was named is used even if it is slow, and refused if it does not work', () => {
    expect(pickDevice('webgpu', [cpu, { ...gpu, gigaflops: 1 }])).toBe('webgpu');
    const refused = (): unknown => pickDevice('webgpu', [cpu, noGpu]);
    expect(refused).toThrow(GenoiseError);
    expect(refused).toThrow('The device "webgpu" cannot be used here: no adapter.');
    try {
      refused();
    } catch (error) {
      expect((error as GenoiseError).code).toBe('device-unavailable');
      expect((error as GenoiseError).remedy).toContain('Devices found on this machine: cpu.');
    }
  });
});
