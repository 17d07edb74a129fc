import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type UserConfig } from 'vite';

/**
 * The renderer's build, for the desktop shell and the browser door alike. Nothing is inlined (no data: URLs, no
 * inline scripts), so that a content security policy can allow the application's own origin and nothing else.
 */
export const rendererConfig: UserConfig = {
  root: 'renderer',
  base: './',
  plugins: [svelte()],
  build: {
    outDir: '../out/renderer',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: ['chrome126', 'firefox128', 'safari17.5'],
  },
};

export default defineConfig(rendererConfig);
