import { spawn } from 'node:child_process';
import { join } from 'node:path';

const script = join(import.meta.dirname, '../../main/start.ts');

/** `npm start -- --browser`, as a process of its own. */
export interface Server {
  /** The printed address, with its token. */
  readonly address: string;
  readonly origin: string;
  readonly port: string;
  readonly pid: number;
  /** What it has said so far on standard error. */
  readonly said: () => string;
  /** Ctrl+C: its jobs save what they have. */
  stop(): Promise<void>;
  /** What a power cut does to it and to all that it has started. */
  kill(): Promise<void>;
}

export interface ServerOptions {
  /** Takes the place of the user's home; the application's own data lies in it. */
  readonly home: string;
  /** The port of the server before, so that its pages find this one. */
  readonly port?: string;
  readonly words?: readonly string[];
}

/** Starts the browser door on a free port, and waits for the address that it prints. */
export async function startServer({ home, port = '0', words = [] }: ServerOptions): Promise<Server> {
  const child = spawn(process.execPath, [script, '--browser', '--port', port, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, GENOISE_HOME: home, GENOISE_DATA: join(home, '.genoise') },
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  // A test that ran out of time may not come to its end.
  const killNow = (): void => void child.kill('SIGKILL');
  process.once('exit', killNow);
  void ended.then(() => process.off('exit', killNow));
  let [out, err] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      const line = /^http:\S+$/m.exec(out);
      if (line !== null) resolve(line[0]);
    });
    void ended.then(() => reject(new Error(`the server printed no address: ${out}${err}`)));
  });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  const { origin, port: used } = new URL(address);
  return {
    ...{ address, origin, port: used, pid: child.pid ?? 0, said: () => err },
    stop: () => end('SIGINT'),
    kill: () => end('SIGKILL'),
  };
}
