import { barlowTwins } from './barlowTwins.ts';
import { moco } from './moco.ts';
import { simclr } from './simclr.ts';
import type { Method } from './method.ts';

/** All methods, the one to start with first. A new method is one file and one line here. */
export const methods: readonly Method[] = [simclr, moco, barlowTwins];

/** The method of this name, or undefined. */
export function findMethod(name: string): Method | undefined {
  return methods.find((method) => method.name === name);
}
