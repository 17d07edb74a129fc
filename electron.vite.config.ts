import { fileURLToPath } from 'node:url';
import { defineConfig } from 'electron-vite';
import { copiedFolder } from './build/copiedFolder.ts';
import { ownScripts } from './build/ownScripts.ts';
import { rendererConfig } from './vite.config.ts';
import type { Plugin } from 'vite';

const { build: rendererBuild, plugins: rendererPlugins = [], ...rendererRest } = rendererConfig;
const { target: rendererTarget, ...rendererOutput } = rendererBuild ?? {};

function path(inRepository: string): string {
  return fileURLToPath(new URL(inRepository, import.meta.url));
}

/** The same pages go to browsers, so electron-vite's own idea of what they must run on is not taken. */
const rendererTargets: Plugin = {
  name: 'renderer-targets',
  configResolved: (config) => void Object.assign(config.build, { target: rendererTarget }),
};

/**
 * The desktop application's three bundles, in out/. All modules of the main side lie flat in one folder, so that what
 * one of them names beside itself (a thread, a worker) is found there. Its packages stay packages.
 */
export default defineConfig({
  main: {
    plugins: [ownScripts(), copiedFolder(path('./main/exporter/snippets'), 'snippets')],
    build: {
      outDir: 'out/main',
      minify: false,
      sourcemap: false,
      rolldownOptions: {
        input: { desktop: path('./main/desktop.ts') },
        output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      // A sandboxed preload can load nothing: it is one file, of the kind that sandboxes take.
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: path('./main/shell/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    ...rendererRest,
    plugins: [...rendererPlugins, rendererTargets],
    build: {
      ...rendererOutput,
      outDir: path('./out/renderer'),
      rolldownOptions: { input: path('./renderer/index.html') },
    },
  },
});
