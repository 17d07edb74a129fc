/**
 * Which room may import which: docs/architecture.md as data. A room is a path in the repository without its
 * extension; it covers the file of that name and all below it, or, with a `*` at its end, all that begins so.
 * A file belongs to the longest room that covers it. Everything may import its own room and `shared`.
 * What no room covers (test/, build/, configuration) stands outside of the walls and nothing inside may import it.
 */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  renderer: [],
  'main/shell': ['main/app'],
  'main/web': ['main/app'],
  // Not a room of its own: what `npm start` runs chooses the door.
  'main/start*': ['main/app', 'main/web', 'main/cli'],
  // The desktop program: a window, or a command.
  'main/desktop': ['main/shell', 'main/cli'],
  'main/cli': ['main/app'],
  'main/app': ['main/library', 'main/worker/host*', 'main/worker/messages'],
  'main/library': [],
  'main/worker': [
    'main/importer',
    'main/training',
    'main/classify',
    'main/select',
    'main/exporter',
    'main/ssl',
    'main/nn',
    'main/engine',
  ],
  // The two that the application loads: they must never bring native code with them.
  'main/worker/host*': ['main/worker/messages'],
  'main/worker/messages': [],
  'main/importer': ['main/ssl', 'main/nn', 'main/engine'],
  'main/training': ['main/importer/pixelStore*', 'main/ssl', 'main/nn', 'main/engine'],
  'main/classify': ['main/training', 'main/importer/pixelStore*', 'main/ssl', 'main/nn', 'main/engine'],
  'main/select': ['main/importer/pixelStore*', 'main/ssl', 'main/nn', 'main/engine'],
  'main/exporter': ['main/training', 'main/importer/pixelStore*', 'main/ssl', 'main/nn', 'main/engine'],
  'main/ssl': ['main/nn', 'main/engine'],
  'main/nn': ['main/engine'],
  'main/engine': [],
};

/** Packages that only these rooms may import: native code stays in the worker, the database behind `app`. */
export const guardedPackages: Readonly<Record<string, readonly string[]>> = {
  sharp: ['main/importer', 'main/exporter'],
  '@tensorflow/tfjs-core': ['main/engine/execute/tensorflow'],
  '@tensorflow/tfjs-backend-cpu': [],
  '@tensorflow/tfjs-node': ['main/engine/execute/tensorflow'],
  '@tensorflow/tfjs-node-gpu': ['main/engine/execute/tensorflow'],
  'onnxruntime-node': ['main/engine/execute/ort', 'main/exporter'],
  'better-sqlite3': ['main/library'],
  electron: ['main/shell'],
};
