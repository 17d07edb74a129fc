import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createServer } from 'node:net';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import { builtDesktop } from '../shell/builtDesktop.ts';

const script = join(import.meta.dirname, '../../main/start.ts');

interface Started {
  readonly child: ChildProcess;
  readonly home: string;
  /** The printed address, a line of its own. */
  readonly address: Promise<string>;
  readonly ended: Promise<{ readonly status: number | null; readonly out: string; readonly err: string }>;
}

function start(words: readonly string[], home = temporaryFolder()): Started {
  const child = spawn(process.execPath, [script, '--browser', ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, GENOISE_HOME: home, GENOISE_DATA: join(home, 'data') },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [out, err] = ['', ''];
  const printed = Promise.withResolvers<string>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    const line = /^http:\S+$/m.exec(out);
    if (line !== null) printed.resolve(line[0]);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = new Promise<Awaited<Started['ended']>>((resolve) =>
    child.on('close', (status) => resolve({ status, out, err })),
  );
  void ended.then(() => printed.reject(new Error(`it printed no address: ${out}${err}`)));
  printed.promise.catch(() => {});
  return { child, home, address: printed.promise, ended };
}

async function cookieOf(address: string): Promise<string> {
  const answer = await fetch(address, { redirect: 'manual' });
  return (answer.headers.get('set-cookie') ?? '').split(';')[0];
}

describe('npm start -- --browser', () => {
  // Each start would build what is missing, under the others' feet.
  beforeAll(builtDesktop, 120_000);

  it('prints an address that lets in, ends on Ctrl+C, and knows its pages when it is started again', async () => {
    const first = start(['--port', '0']);
    const address = await first.address;
    const { origin, port } = new URL(address);
    expect(origin).toBe(`http://127.0.0.1:${port}`);
    const cookie = await cookieOf(address);
    expect((await fetch(origin, { headers: { cookie } })).status).toBe(200);
    if (process.platform !== 'win32') {
      expect(statSync(join(first.home, 'data', 'browser-secret')).mode & 0o077).toBe(0);
    }
    first.child.kill('SIGINT');
    const { status, out } = await first.ended;
    expect(status).toBe(0);
    expect(out.match(/http:/g)).toHaveLength(1);

    const second = start(['--port', port], first.home);
    expect(new URL(await second.address).searchParams.get('token')).not.toBe(
      new URL(address).searchParams.get('token'),
    );
    expect((await fetch(origin, { headers: { cookie } })).status).toBe(200);
    second.child.kill('SIGTERM');
    expect((await second.ended).status).toBe(0);
  });

  it('says what is wrong with its arguments, a port that is taken, a project that is none', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', () => resolve()));
    onTestFinished(() => void taken.close());
    const address = taken.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'images'));
    const runs = [
      start(['--port', port]),
      start(['--port', 'http']),
      start(['--nonsense']),
      start(['--project', join(folder, 'images'), '--port', '0']),
    ];
    const [inUse, noPort, unknown, noProject] = await Promise.all(runs.map(({ ended }) => ended));
    expect(inUse.err).toContain(`Another program on this machine uses the port ${port}.`);
    expect(noPort.err).toContain('expected a whole number');
    expect(unknown.err).toContain("unknown option '--nonsense'");
    expect(noProject.err).toContain('is not a Genoise project');
    for (const run of [inUse, noPort, unknown, noProject]) {
      expect(run.status).toBe(1);
      expect(run.out + run.err).not.toMatch(/^ +at /m);
    }
  });
});
