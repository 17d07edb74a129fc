import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { writeSampleImages } from '../../main/importer/sampleImages.ts';
import { importIntoProject } from '../../main/app/importIntoProject.ts';
import { labelImages } from '../../main/app/labelImages.ts';
import { projectStatus } from '../../main/app/projectStatus.ts';
import { withLibrary, withReadOnlyLibrary } from '../../main/app/withLibrary.ts';
import { genoise, startGenoise, type Running } from '../helpers/commandLine.ts';
import { childrenOf, isAlive } from '../helpers/processes.ts';

const folder = mkdtempSync(join(realpathSync(tmpdir()), 'genoise-stop-'));
const [images, project] = ['images', 'project'].map((name) => join(folder, name));
const epochs = 25;
const pretrain = [
  'pretrain',
  project,
  '--width',
  '0.125',
  '--image-size',
  '16',
  '--batch',
  '16',
  '--device',
  'cpu',
];

// Each starts processes, which takes its time where the processor is shared.
vi.setConfig({ testTimeout: 120_000 });

beforeAll(async () => {
  await writeSampleImages(images, { count: 40, seed: 1, side: 20 });
  await importIntoProject(project, { folders: [images], heldOutFraction: 0, seed: 'a' }, () => undefined);
  await withLibrary(project, (library) => labelImages(library, { source: { kind: 'folders' } }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(args: readonly string[]): Running & { readonly pid: number } {
  const running = startGenoise(args);
  const { pid } = running.child;
  if (pid === undefined) throw new Error('it did not start');
  onTestFinished(() => void running.child.kill('SIGKILL'));
  return { ...running, pid };
}

async function runState(id: number): Promise<string | undefined> {
  const { runs } = await withReadOnlyLibrary(project, projectStatus);
  return runs.find((run) => run.id === id)?.state;
}

// Each test goes on with the run of the one before.
describe('a pretraining that is stopped', () => {
  it('by Ctrl-C, which reaches the worker too: saves, and says how to go on', async () => {
    const { pid, said, ended } = start([...pretrain, '--epochs', String(epochs)]);
    await said(/step \d+ of/);
    process.kill(-pid, 'SIGINT');
    const { status, err } = await ended;
    expect(status).toBe(130);
    expect(err).toContain('Stopping: saving what is done.');
    expect(err).toContain('Error: Run 1 was interrupted; its progress is saved.\n');
    expect(err).toContain(`Continue with: genoise pretrain "${project}" --resume 1\n`);
    expect(err).not.toContain('    at ');
    expect(await runState(1)).toBe('interrupted');
  });

  it('by a signal to the command alone: the same, also in JSON', async () => {
    const { child, said, ended } = start(['pretrain', project, '--resume', '1', '--json']);
    await said(/step \d+ of/);
    child.kill('SIGTERM');
    const { status, out, err } = await ended;
    expect(status).toBe(143);
    expect(err).toMatch(/Run 1: .* from step \d+, on cpu\./);
    const { error } = JSON.parse(out) as { error: { code: string; details: { command: string } } };
    expect(error.code).toBe('interrupted');
    expect(error.details.command).toBe(`genoise pretrain "${project}" --resume 1`);
  });

  it('with the command killed: its worker ends by itself, and the project is free', async () => {
    const { child, pid, said, ended } = start(['pretrain', project, '--resume', '1']);
    await said(/step \d+ of/);
    const workers = childrenOf(pid);
    expect(workers).toHaveLength(1);
    child.kill('SIGKILL');
    await ended;
    await expect.poll(() => workers.some(isAlive), { timeout: 20_000, interval: 100 }).toBe(false);
    expect((await genoise(['label', project, '--from-folders'])).status).toBe(0);
    expect(await runState(1)).toBe('interrupted');
  });

  it('goes on to its end', async () => {
    const { status, out } = await genoise(['pretrain', project, '--resume', '1']);
    expect(status).toBe(0);
    expect(out).toContain(`for ${2 * epochs} steps`);
    expect(await runState(1)).toBe('done');
  });

  it('twice by Ctrl-C: ends at once', async () => {
    const { pid, said, ended } = start([...pretrain, '--epochs', '1000']);
    await said(/step \d+ of/);
    const workers = childrenOf(pid);
    process.kill(-pid, 'SIGINT');
    process.kill(-pid, 'SIGTERM');
    expect([130, 143]).toContain((await ended).status);
    await expect.poll(() => workers.some(isAlive), { timeout: 20_000, interval: 100 }).toBe(false);
  });
});

describe('other commands that are stopped', () => {
  it('an import keeps what it has read, and ends when run again', async () => {
    const [many, other] = ['many', 'other'].map((name) => join(folder, name));
    await writeSampleImages(many, { count: 400, seed: 2, side: 40 });
    const { pid, said, ended } = start(['import', other, many]);
    // The size is told before the first is read, with a smaller choice.
    await said(/400 images to read; they will take up to [\d.]+ MB on disk \([\d.]+ MB with --side 32\)\./);
    process.kill(-pid, 'SIGINT');
    const { status, err } = await ended;
    expect(status).toBe(130);
    expect(err).toContain('Error: The import was stopped before its end.');
    expect(err).toContain('Run the same command again');
    const again = await genoise(['import', other, many]);
    expect(again.status).toBe(0);
    expect(again.out).toContain('The project has 400 usable images');
  });

  it('a training of a classifier leaves none behind', async () => {
    const { pid, said, ended } = start(['train', project, '--mode', 'finetune', '--device', 'cpu']);
    await said(/fine-tuning: /);
    process.kill(-pid, 'SIGINT');
    const { status, err } = await ended;
    expect(status).toBe(130);
    expect(err).toContain('Error: The training of the classifier was stopped before its end.');
    const { runs } = await withReadOnlyLibrary(project, projectStatus);
    const run = runs.findLast(({ kind }) => kind === 'finetune');
    expect(run?.state).toBe('interrupted');
    expect(existsSync(join(project, 'checkpoints', String(run?.id), 'classifier.safetensors'))).toBe(false);
  });
});
