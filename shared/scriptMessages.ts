/**
 * What a utility process of Electron and its host say about scripts, besides the messages of its job: only Electron's
 * main process can start processes that run scripts, so a worker asks it to.
 */
export interface ScriptOrder {
  readonly kind: 'run-script';
  readonly id: number;
  /** Absolute path of a module of ours. */
  readonly script: string;
  readonly arguments: readonly string[];
  /** Milliseconds; 0 for as long as it takes. */
  readonly timeLimit: number;
}

export interface ScriptStop {
  readonly kind: 'stop-script';
  readonly id: number;
}

export type ScriptMessage = ScriptOrder | ScriptStop;

export interface ScriptEnded {
  readonly kind: 'script-ended';
  readonly id: number;
  readonly output: string;
  readonly lastWords: string;
  readonly failure: string | null;
  readonly timedOut: boolean;
}

export function isScriptMessage(message: unknown): message is ScriptMessage {
  return ['run-script', 'stop-script'].includes(kindOf(message));
}

export function isScriptEnded(message: unknown): message is ScriptEnded {
  return kindOf(message) === 'script-ended';
}

function kindOf(message: unknown): string {
  return typeof message === 'object' && message !== null && 'kind' in message ? String(message.kind) : '';
}
