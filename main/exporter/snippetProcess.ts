/**
 * The process that runs an exported snippet (`snippetProcess <snippet> <its arguments>`) as `node <snippet>` would,
 * and lets it find the two packages that it needs, wherever it lies. Nothing else of Genoise reaches it.
 */
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const provided = new Set(['onnxruntime-node', 'sharp']);

registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier, provided.has(specifier) ? { ...context, parentURL: import.meta.url } : context),
});

// The snippet sees the arguments that it would see on its own.
process.argv.splice(1, 1);
const [, snippet] = process.argv;
await import(pathToFileURL(snippet).href);
