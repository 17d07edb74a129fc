import type { Screen } from '../state/routeAddress.ts';

/** The names of the screens: the five steps, and where projects are chosen. */
export const screenTitles: Readonly<Record<Screen, string>> = {
  start: 'Start',
  images: 'Images',
  pretrain: 'Pretrain',
  label: 'Label',
  train: 'Train',
  export: 'Export',
};
