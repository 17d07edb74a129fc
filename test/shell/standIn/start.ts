/** Loaded before the desktop program (`node --import`): its `electron` is the stand-in, and tests can talk to it. */
import { registerHooks } from 'node:module';
import { app } from './app.ts';
import { BrowserWindow } from './browserWindow.ts';
import { closePages } from './pages.ts';
import { answers, received } from './received.ts';

const electron = new URL('./electron.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: electron, shortCircuit: true } : next(specifier, context),
});

// The program's own file is the second word, as where Electron is started with a folder.
Object.assign(process, { defaultApp: true });

/** What a test asks of the process: an answer for the next dialog, or to close the window as a person would. */
type Order =
  | { readonly kind: 'answer-box'; readonly button: number }
  | { readonly kind: 'answer-folders'; readonly folders: string[] }
  | { readonly kind: 'close-window' }
  | { readonly kind: 'tell-received' };

process.on('message', (order: Order) => {
  if (order.kind === 'answer-box') answers.boxes.push(order.button);
  else if (order.kind === 'answer-folders') answers.folders.push(order.folders);
  else if (order.kind === 'close-window') BrowserWindow.all.at(-1)?.close();
  // Functions do not travel.
  else process.send?.({ kind: 'received', received: JSON.parse(JSON.stringify(received)) as unknown });
});
process.on('disconnect', () => app.emit('stand-in-exit', 0));
app.on('stand-in-exit', (code: number) => void closePages().finally(() => process.exit(code)));
