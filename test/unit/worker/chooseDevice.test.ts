import { describe, expect, it } from 'vitest';
import { chooseDevice, type Probe } from '../../../main/worker/chooseDevice.ts';
import { describeTrial } from '../../../shared/deviceTrial.ts';
import { GenoiseError } from '../../../shared/errors.ts';
import type { FoundDevice } from '../../../shared/pretraining.ts';

const cpu: FoundDevice = { device: 'cpu', available: true, reason: null, gigaflops: 183.4 };
const gpu: FoundDevice = { device: 'webgpu', available: true, reason: null, gigaflops: 2000 };
const software: FoundDevice = { ...gpu, gigaflops: 1.23 };
const noGpu: FoundDevice = { device: 'webgpu', available: false, reason: 'no adapter', gigaflops: null };

/** Answers for a machine with this GPU; `asked` is what was tried, in order. */
function machineWith(webgpu: FoundDevice): { readonly probe: Probe; readonly asked: string[] } {
  const asked: string[] = [];
  const probe: Probe = async (device) => {
    asked.push(device);
    return device === 'cpu' ? cpu : webgpu;
  };
  return { probe, asked };
}

describe('the device of a job', () => {
  it('is the CPU at once where it was asked for', async () => {
    const { probe, asked } = machineWith(gpu);
    expect(await chooseDevice('cpu', probe)).toEqual({ device: 'cpu', trial: null });
    expect(asked).toEqual([]);
  });

  it('with auto is the faster of a trial, which a GPU in software is not', async () => {
    expect(await chooseDevice('auto', machineWith(gpu).probe)).toEqual({
      device: 'webgpu',
      trial: [cpu, gpu],
    });
    expect(await chooseDevice('auto', machineWith(software).probe)).toEqual({
      device: 'cpu',
      trial: [cpu, software],
    });
  });

  it('with auto is the CPU without a trial of it where there is no GPU', async () => {
    const { probe, asked } = machineWith(noGpu);
    expect(await chooseDevice('auto', probe)).toEqual({ device: 'cpu', trial: [noGpu] });
    expect(asked).toEqual(['webgpu']);
  });

  it('that was named is used even if it is slow, and refused if it does not work', async () => {
    expect((await chooseDevice('webgpu', machineWith(software).probe)).device).toBe('webgpu');
    const refused = await chooseDevice('webgpu', machineWith(noGpu).probe).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(GenoiseError);
    const { code, message, remedy } = refused as GenoiseError;
    expect(message).toBe('The device "webgpu" cannot be used here: no adapter.');
    expect(code).toBe('device-unavailable');
    expect(remedy).toContain('Devices found on this machine: cpu.');
  });
});

describe('a trial in words', () => {
  it('has the figure of each device, or why there is none', () => {
    expect(describeTrial([cpu, gpu])).toBe(
      'processor 183 billion operations a second, graphics card 2,000 billion operations a second',
    );
    expect(describeTrial([cpu, software])).toContain('graphics card 1.2 billion operations a second');
    expect(describeTrial([noGpu])).toBe('graphics card not usable (no adapter)');
  });
});
