import { useScriptRunner } from '../engine/execute/scriptProcess.ts';
import { askForScripts } from './askForScripts.ts';

/** The way from a process that `hostProcess.ts` started to the one that started it. */
export interface ParentLink {
  onMessage(listener: (message: unknown) => void): void;
  /** Called when the parent is gone, where that does not end this process by itself. */
  onParentGone(listener: () => void): void;
  send(message: unknown): void;
  /** Sends the last message, and lets this process end once the parent has it: leaving at once would lose it. */
  end(message: unknown): Promise<void>;
}

/** Electron's port of a utility process; no types of Electron in here, where it is mostly absent. */
interface UtilityPort {
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
  postMessage(message: unknown): void;
}

/** Both kinds of process are children of the same worker's host. */
export function openParentLink(): ParentLink {
  const { parentPort } = process as { readonly parentPort?: UtilityPort };
  return parentPort === undefined ? nodeLink() : utilityLink(parentPort);
}

function nodeLink(): ParentLink {
  return {
    onMessage: (listener) => void process.on('message', listener),
    onParentGone: (listener) => void process.on('disconnect', listener),
    send: (message) => void process.send?.(message),
    end: (message) =>
      new Promise((resolve) => {
        process.send?.(message, undefined, undefined, () => {
          resolve();
          process.disconnect();
        });
      }),
  };
}

/** A utility process dies with its parent, and is ended by it when it has said its last. */
function utilityLink(port: UtilityPort): ParentLink {
  const scripts = askForScripts((message) => port.postMessage(message));
  useScriptRunner(scripts.run);
  let hear: (message: unknown) => void = () => undefined;
  port.on('message', ({ data }) => {
    if (!scripts.take(data)) hear(data);
  });
  return {
    onMessage: (listener) => void (hear = listener),
    onParentGone: () => undefined,
    send: (message) => port.postMessage(message),
    end: async (message) => port.postMessage(message),
  };
}
