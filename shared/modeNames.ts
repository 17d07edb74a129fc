import type { ReportMode } from './labelReport.ts';

/** What each way to make a classifier is called. */
export const modeNames: Readonly<Record<ReportMode, string>> = {
  pixels: 'Pixels alone',
  probe: 'Linear probe',
  finetune: 'Fine-tuning',
  scratch: 'From scratch',
  'random-encoder': 'Untrained encoder',
};
