/** Loaded into a stand-in's utility process: gives it `process.parentPort`, and takes from it what the real one lacks. */
import { EventEmitter } from 'node:events';

const port = new EventEmitter();
const send = process.send?.bind(process);
process.on('message', (data) => port.emit('message', { data }));
// The real one dies with its parent.
process.on('disconnect', () => process.exit(1));
Object.assign(process, {
  send: undefined,
  parentPort: {
    on: (event: string, listener: (message: { data: unknown }) => void) => port.on(event, listener),
    postMessage: (message: unknown) =>
      void send?.(structuredClone(message), undefined, undefined, () => undefined),
  },
});
