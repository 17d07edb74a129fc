import { dirname, resolve } from 'node:path';
import type { Plugin } from 'vite';

/** How our modules name a script that runs in a thread or process of its own. */
const reference = /new URL\('\.\/(\w+)\.ts', import\.meta\.url\)/g;

/**
 * Builds each script that a module names beside itself (`new URL('./decodeThread.ts', import.meta.url)`) as an entry of
 * its own, and makes the module name what was built. None can be forgotten so.
 */
export function ownScripts(): Plugin {
  return {
    name: 'own-scripts',
    // Before the types are taken out, and the quotes changed with them.
    enforce: 'pre',
    transform(code, id) {
      const names = [...code.matchAll(reference)].map(([, name]) => name);
      if (names.length === 0) return null;
      for (const name of names) {
        const script = resolve(dirname(id), `${name}.ts`);
        this.emitFile({ type: 'chunk', id: script, fileName: `${name}.mjs` });
      }
      return { code: code.replaceAll(reference, "new URL('./$1.mjs', import.meta.url)"), map: null };
    },
  };
}
