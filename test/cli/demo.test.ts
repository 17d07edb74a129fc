import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

const script = join(import.meta.dirname, '../../main/cli/index.ts');

interface Demo {
  readonly ended: Promise<{ status: number | null; out: string; err: string }>;
  readonly pid: number;
  /** Where it puts its folder. */
  readonly temporary: string;
  readonly onOutput: (listener: (text: string) => void) => void;
}

/** Starts the demonstration with few images and one epoch, in a process group of its own. */
function startDemo(options: readonly string[] = []): Demo {
  const temporary = mkdtempSync(join(realpathSync(tmpdir()), 'genoise-test-'));
  const child = spawn(
    process.execPath,
    [script, 'demo', '--images', '160', '--epochs', '1', '--max-steps', '2', '--draws', '1', ...options],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, TMPDIR: temporary },
    },
  );
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(temporary, { recursive: true, force: true });
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('it did not start');
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = new Promise<Awaited<Demo['ended']>>((resolve) =>
    child.on('close', (status) => resolve({ status, out, err })),
  );
  return { ended, pid, temporary, onOutput: (listener) => child.stdout.on('data', listener) };
}

describe('genoise demo', () => {
  it(
    'runs the whole chain, with the numbers, and says where its results are',
    { timeout: 120_000 },
    async () => {
      const { ended, temporary } = startDemo(['--method', 'swav']);
      const { status, out, err } = await ended;
      expect(err).not.toContain('Error');
      expect(status).toBe(0);
      for (const way of ['Pixels alone', 'Untrained encoder', 'From scratch']) {
        expect(out).toContain(way);
      }
      expect(out).toMatch(/^4\. Pretrained a small .* with SwAV /m);
      for (let step = 1; step <= 8; step++) expect(out).toMatch(new RegExp(`^${step}\\. `, 'm'));
      expect(out).toMatch(
        /On the test folder it is right in [\d.]+ % \(95 % interval [\d.]+–[\d.]+, n = 160\)/,
      );
      // Nothing else: ONNX Runtime's collector of usage data would leave its files here.
      expect(readdirSync(temporary)).toHaveLength(1);
      const [folder] = readdirSync(temporary);
      expect(out).toContain(`Everything lies in ${join(temporary, folder)}`);
      expect(readdirSync(join(temporary, folder, 'classifier'))).toContain('classifier.onnx');
      expect(readdirSync(join(temporary, folder))).toContain('answers.csv');
    },
  );

  it('leaves nothing behind after Ctrl-C', { timeout: 120_000 }, async () => {
    const { ended, pid, temporary, onOutput } = startDemo();
    onOutput((text) => {
      if (text.includes('-- pretrain')) process.kill(-pid, 'SIGINT');
    });
    const { status, err } = await ended;
    expect(status).toBe(130);
    expect(err).toContain('Error: The demonstration was stopped before its end.');
    expect(readdirSync(temporary)).toEqual([]);
  });
});
