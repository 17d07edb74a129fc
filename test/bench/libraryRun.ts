/**
 * One process of the library bench: `libraryRun.ts <part> <project>` measures a part of it in the threads that the
 * application uses, and prints the samples of each measure (milliseconds) as its last line.
 */
import { browse, changeFilters, openCold, openOnce } from './libraryBrowse.ts';
import { countAndLabel, exportCsv, groupAgain } from './libraryLabel.ts';

/** Samples of each measure, in milliseconds. */
export type Samples = Readonly<Record<string, readonly number[]>>;

const parts: Readonly<Record<string, (project: string) => Promise<Samples> | Samples>> = {
  open: openOnce,
  cold: openCold,
  browse,
  filters: changeFilters,
  label: countAndLabel,
  export: exportCsv,
  group: groupAgain,
};

const [, , part, project] = process.argv;
const samples = await parts[part](project);
process.stdout.write(`${JSON.stringify(samples)}\n`);
