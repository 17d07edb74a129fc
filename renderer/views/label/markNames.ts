import type { Mark } from '../../../shared/labelling.ts';

/** Marks for people. */
export const markNames: Readonly<Record<Mark, string>> = { unsure: 'Unsure', skipped: 'Skipped' };
