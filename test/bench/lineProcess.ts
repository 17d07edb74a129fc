import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A process that is told what to do in lines, and answers each with one line of JSON. */
export interface LineProcess {
  readonly pid: number;
  /** What it says by itself, such as that it is ready. @throws when it ended instead */
  read(): Promise<unknown>;
  ask(line: string): Promise<unknown>;
  /** Tells it that nothing more comes, and waits until it has ended. */
  end(): Promise<void>;
}

/**
 * @param advice what may be wrong where the process ends before it was told to
 * @param environment beside this process's own
 */
export function startLineProcess(
  command: string,
  parameters: readonly string[],
  advice: string,
  environment: Readonly<Record<string, string>> = {},
): LineProcess {
  const env = { ...process.env, ...environment };
  const child = spawn(command, parameters, { stdio: ['pipe', 'pipe', 'inherit'], env });
  const closed = once(child, 'close');
  closed.catch(() => undefined);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} did not start: ${advice}`);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`${command} ended early: ${advice}`);
    return JSON.parse(value) as unknown;
  };
  return {
    pid,
    read,
    ask: (line) => {
      child.stdin.write(`${line}\n`);
      return read();
    },
    end: async () => {
      child.stdin.end();
      await closed;
    },
  };
}
