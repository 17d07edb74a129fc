import { join } from 'node:path';
import { z } from 'zod';
import { readJson, writeJson } from '../app/jsonFile.ts';

const schema = z.object({
  bounds: z
    .object({ x: z.int(), y: z.int(), width: z.int().positive(), height: z.int().positive() })
    .optional(),
  maximized: z.boolean().optional(),
  /** Where a folder was last chosen. */
  lastFolder: z.string().optional(),
});

/** What the window remembers: its place, and where folders were last chosen. */
export type ShellState = z.output<typeof schema>;

export interface ShellFile {
  read(): ShellState;
  change(change: ShellState): void;
}

/** A JSON file; one that cannot be understood counts as none. */
export function openShellFile(dataFolder: string): ShellFile {
  const path = join(dataFolder, 'window.json');
  const read = (): ShellState => schema.safeParse(readJson(path)).data ?? {};
  return { read, change: (change) => writeJson(path, { ...read(), ...change }) };
}
