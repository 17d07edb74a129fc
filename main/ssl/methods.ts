import { barlowTwins } from './barlowTwins.ts';
import { byol } from './byol.ts';
import { moco } from './moco.ts';
import { mocoV1 } from './mocoV1.ts';
import { pirl } from './pirl.ts';
import { seer } from './seer.ts';
import { simclr } from './simclr.ts';
import { simsiam } from './simsiam.ts';
import { swav } from './swav.ts';
import { vicreg } from './vicreg.ts';
import type { Method } from './method.ts';

/** All methods, the one to start with first. A new method is one file and one line here. */
export const methods: readonly Method[] = [
  simclr,
  moco,
  barlowTwins,
  vicreg,
  byol,
  simsiam,
  mocoV1,
  swav,
  seer,
  pirl,
];

/** The method of this name, or undefined. */
export function findMethod(name: string): Method | undefined {
  return methods.find((method) => method.name === name);
}
