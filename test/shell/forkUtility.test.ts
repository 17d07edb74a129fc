import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { forkUtility } from '../../main/shell/forkUtility.ts';
import { repository } from './builtDesktop.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import type { HostProcess } from '../../main/app/useForker.ts';

vi.mock('electron', () => import('./standIn/electron.ts'));

const link = JSON.stringify(join(repository, 'main/worker/parentLink.ts'));
const scripts = JSON.stringify(join(repository, 'main/engine/execute/scriptProcess.ts'));

/** A worker of a few lines; `parent` is its link to us. */
function startWorker(code: string): HostProcess {
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  const script = join(folder, 'worker.mjs');
  const imports = `import { openParentLink } from ${link};\nimport { runScript } from ${scripts};\n`;
  writeFileSync(script, `${imports}const parent = openParentLink();\n${code}`);
  return forkUtility({ script, arguments: [], environment: process.env });
}

function script(code: string): string {
  const path = join(temporaryFolder(), 'script.mjs');
  writeFileSync(path, code);
  return path;
}

function firstMessage(child: HostProcess): Promise<unknown> {
  return new Promise((resolve) => child.onMessage(resolve));
}

function ending(child: HostProcess): Promise<string> {
  return new Promise((resolve) => child.onEnd(resolve));
}

describe('a worker in a utility process', () => {
  it('gets and sends structured clones', async () => {
    const child = startWorker('parent.onMessage((message) => parent.send({ got: message }));');
    child.post({ rows: new Float32Array([1, 2]) });
    expect(await firstMessage(child)).toEqual({ got: { rows: new Float32Array([1, 2]) } });
    const ended = ending(child);
    child.kill();
    expect(await ended).toContain('killed');
    child.kill();
  });

  it('tells of its death, with its last words', async () => {
    const child = startWorker("throw new RangeError('no more pixels');");
    let words = '';
    child.onWords((text) => (words += text));
    expect(await ending(child)).toContain('exit code 1');
    expect(words).toContain('RangeError: no more pixels');
  });

  it('has its scripts run beside it, with their own arguments', async () => {
    const path = script('console.log(JSON.stringify(process.argv.slice(2)));');
    const child = startWorker(
      `parent.send(await runScript({ script: ${JSON.stringify(path)}, arguments: ['a b', '--json'] }));`,
    );
    expect(await firstMessage(child)).toMatchObject({
      output: '["a b","--json"]\n',
      failure: null,
      timedOut: false,
    });
    child.kill();
  });

  it('hears of scripts that fail, and of those that hang', async () => {
    const [failing, hanging] = [
      script("throw new Error('no driver')"),
      script('setInterval(() => {}, 1000);\nawait new Promise(() => {});'),
    ];
    const child = startWorker(`
      const failed = await runScript({ script: ${JSON.stringify(failing)}, arguments: [] });
      const hung = await runScript({ script: ${JSON.stringify(hanging)}, arguments: [], timeLimit: 600 });
      parent.send({ failed, hung });`);
    const { failed, hung } = (await firstMessage(child)) as Record<string, Record<string, unknown>>;
    expect(failed).toMatchObject({
      failure: expect.stringContaining('exit code 1') as string,
      timedOut: false,
    });
    expect(failed?.lastWords).toContain('no driver');
    expect(hung).toMatchObject({ timedOut: true });
    child.kill();
  });
});
