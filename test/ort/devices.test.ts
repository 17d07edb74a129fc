import { describe, expect, it } from 'vitest';
import { probeDevices } from '../../main/engine/execute/ort/devices.ts';

describe('the devices of this machine', () => {
  it('are tried, and the CPU is always there', async () => {
    const probes = await probeDevices();
    expect(probes.map(({ device }) => device)).toEqual(['cpu', 'webgpu']);
    expect(probes[0]).toMatchObject({ available: true, reason: null });
    expect(probes[0].gigaflops).toBeGreaterThan(0);
    for (const { available, reason, gigaflops } of probes) {
      expect(available).toBe(gigaflops !== null);
      expect(available).toBe(reason === null);
    }
  });

  it('are not available when they do not answer in time', async () => {
    for (const probe of await probeDevices({ timeLimit: 1 })) {
      expect(probe).toMatchObject({ available: false, reason: 'it did not answer within 0.001 s' });
    }
  });
});
