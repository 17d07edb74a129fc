import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** Puts the files of a folder beside what is built: texts that are read, not modules that are imported. */
export function copiedFolder(folder: string, name: string): Plugin {
  return {
    name: `copied-folder-${name}`,
    generateBundle() {
      for (const file of readdirSync(folder)) {
        const source = readFileSync(join(folder, file));
        this.emitFile({ type: 'asset', fileName: `${name}/${file}`, source });
      }
    },
  };
}
