import type { ScriptEnded, ScriptMessage, ScriptOrder } from '../../shared/scriptMessages.ts';
import type { ScriptProcess } from './forkUtility.ts';

/** Runs the scripts that one job asks for. */
export interface ScriptServer {
  take(message: ScriptMessage): void;
  /** Ends those that still run: nobody waits for them any more. */
  close(): void;
}

const wordsKept = 500;
const outputKept = 256e6;

export function createScriptServer(
  runScript: (script: string, given: readonly string[]) => ScriptProcess,
  answer: (message: ScriptEnded) => void,
): ScriptServer {
  const running = new Map<number, ScriptProcess>();

  function run({ id, script, arguments: given, timeLimit }: ScriptOrder): void {
    const started = runScript(script, given);
    running.set(id, started);
    let [output, words] = ['', ''];
    let timedOut = false;
    started.onOutput((text) => {
      output += text;
      if (output.length > outputKept) started.kill();
    });
    started.onWords((text) => (words = (words + text).slice(-wordsKept)));
    const tooLong = (): void => {
      timedOut = true;
      started.kill();
    };
    const limit = timeLimit > 0 ? setTimeout(tooLong, timeLimit) : undefined;
    started.onEnd((ending) => {
      clearTimeout(limit);
      if (!running.delete(id)) return;
      const failure = ending === 'exit code 0' ? null : ending;
      answer({ kind: 'script-ended', id, output, lastWords: words.trim(), failure, timedOut });
    });
  }

  function stop(id: number): void {
    const process = running.get(id);
    running.delete(id);
    process?.kill();
  }

  return {
    take: (message) => (message.kind === 'run-script' ? run(message) : stop(message.id)),
    close: () => {
      for (const id of [...running.keys()]) stop(id);
    },
  };
}
