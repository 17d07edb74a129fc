import { isScriptEnded, type ScriptEnded, type ScriptMessage } from '../../shared/scriptMessages.ts';
import type { ScriptRunner } from '../engine/execute/scriptProcess.ts';

/** Runs scripts by asking the host to (see shared/scriptMessages.ts). */
export interface ScriptAsker {
  readonly run: ScriptRunner;
  /** @returns whether the message was an answer to this, and so nobody else's */
  take(message: unknown): boolean;
}

export function askForScripts(send: (message: ScriptMessage) => void): ScriptAsker {
  const waiting = new Map<number, (end: ScriptEnded) => void>();
  let lastId = 0;
  return {
    run: ({ script, arguments: given, timeLimit = 0, signal }) => {
      const id = ++lastId;
      const { promise, resolve, reject } = Promise.withResolvers<ScriptEnded>();
      waiting.set(id, resolve);
      const stop = (): void => {
        send({ kind: 'stop-script', id });
        reject(signal?.reason instanceof Error ? signal.reason : new Error('stopped'));
      };
      signal?.addEventListener('abort', stop);
      send({ kind: 'run-script', id, script, arguments: given, timeLimit });
      return promise.finally(() => signal?.removeEventListener('abort', stop));
    },
    take(message) {
      if (!isScriptEnded(message)) return false;
      waiting.get(message.id)?.(message);
      waiting.delete(message.id);
      return true;
    },
  };
}
