/**
 * Loaded before an exported snippet (`node --import`): lets it find the two packages that it needs, wherever it lies.
 * Nothing else of Genoise reaches it.
 */
import { registerHooks } from 'node:module';

const provided = new Set(['onnxruntime-node', 'sharp']);

registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier, provided.has(specifier) ? { ...context, parentURL: import.meta.url } : context),
});
