import type { ProbedDevice } from './devices.ts';
import type { FoundDevice } from './pretraining.ts';

/** For people. */
export const deviceNames: Readonly<Record<ProbedDevice, string>> = {
  cpu: 'processor',
  webgpu: 'graphics card',
};

/** What each device reached when it was tried, in words: "processor 180 billion operations a second, no graphics card …". */
export function describeTrial(found: readonly FoundDevice[]): string {
  return found.map(describeDevice).join(', ');
}

function describeDevice({ device, gigaflops, reason }: FoundDevice): string {
  const name = deviceNames[device];
  return gigaflops === null
    ? `${name} not usable (${reason ?? 'it gave no reason'})`
    : `${name} ${speed(gigaflops)} billion operations a second`;
}

function speed(gigaflops: number): string {
  return gigaflops < 10 ? gigaflops.toFixed(1) : Math.round(gigaflops).toLocaleString('en');
}
