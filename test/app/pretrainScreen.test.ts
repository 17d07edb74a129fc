import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApplication, type Application } from '../../main/app/application.ts';
import { makeSampleImages } from '../../main/app/makeSampleImages.ts';
import type { CommandName, CommandRequest, CommandResult } from '../../shared/contract/commands.ts';
import type { AppEvent } from '../../shared/contract/events.ts';
import type { JobState, JobView } from '../../shared/contract/jobCommands.ts';
import type { PretrainChoice } from '../../shared/pretraining.ts';
import { errorCode } from '../helpers/errorCode.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const home = mkdtempSync(join(realpathSync(tmpdir()), 'genoise-test-'));
const dataFolder = join(home, 'data');
let application: Application;
let events: AppEvent[] = [];

function open(): void {
  application = createApplication({ dataFolder, home, door: 'browser' });
  application.onEvent((event) => events.push(event));
}

function call<N extends CommandName>(name: N, request: CommandRequest<N>): Promise<CommandResult<N>> {
  return application.call(name, request) as Promise<CommandResult<N>>;
}

const choice: PretrainChoice = {
  ...{ method: 'simclr', encoder: 'resnet18', width: 0.125, preset: 'natural' },
  ...{ time: { epochs: 400 }, imageSize: 16, batchSize: 16, device: 'cpu' },
};

async function until(is: () => Promise<boolean> | boolean): Promise<void> {
  const waitsUntil = Date.now() + 60_000;
  while (!(await is())) {
    if (Date.now() > waitsUntil) throw new Error('it never came');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function pretraining(): Promise<JobView> {
  const jobs = (await call('jobs.list', null)).filter(({ kind }) => kind === 'pretrain');
  const newest = jobs.at(-1);
  if (newest === undefined) throw new Error('there is no such job');
  return newest;
}

const inState = (state: JobState) => until(async () => (await pretraining()).state === state);
const told = (kind: string) =>
  until(() => events.some((e) => e.kind === 'training' && e.event.kind === kind));
const newestRun = async () => (await call('pretrain.runs', null))[0];
const viewed = async () => call('pretrain.run', { run: (await newestRun()).id });

async function start(change: Partial<PretrainChoice> = {}): Promise<void> {
  events = [];
  await call('pretrain.start', { ...choice, ...change });
}

beforeAll(async () => {
  const photos = await makeSampleImages(join(home, 'samples'), () => undefined, undefined, {
    count: 72,
    side: 24,
  });
  open();
  await call('project.create', { folders: [photos], name: 'shapes' });
  await until(async () => (await call('jobs.list', null)).every(({ endedAt }) => endedAt !== null));
});
afterAll(async () => {
  await application.close();
  rmSync(home, { recursive: true, force: true });
});

describe('before a pretraining', () => {
  it('says what it would work with', async () => {
    const offer = await call('pretrain.options', null);
    expect(offer.images + offer.heldOut).toBe(72);
    expect(offer.before).toBeNull();
    expect(await call('pretrain.runs', null)).toEqual([]);
  });

  it('finds the processor', async () => {
    const devices = await call('pretrain.devices', null);
    expect(devices.find(({ device }) => device === 'cpu')?.available).toBe(true);
    const found = devices.filter(({ available }) => available).map(({ device }) => device);
    expect((await call('settings.about', null)).devices).toEqual(found);
  });

  it('shows views of the images, others for another number', async () => {
    const ask = (seed: number) =>
      call('pretrain.preview', { method: 'simclr', preset: 'natural', imageSize: null, seed });
    const { imageSize, rows } = await ask(1);
    expect(rows.length).toBeGreaterThan(2);
    const [view] = rows[0].views;
    expect(await sharp(Buffer.from(view.base64, 'base64')).metadata()).toMatchObject({
      ...{ width: imageSize, format: 'png' },
    });
    expect((await ask(2)).rows[0].views[0].base64).not.toBe(view.base64);
  });

  it('has none to stop, and none to go on with', async () => {
    expect(await errorCode(() => call('pretrain.stopAndKeep', null))).toBe('no-such-job');
  });

  it('tells what does not fit in words that need no command line', async () => {
    await start({ batchSize: 4096 });
    await inState('failed');
    const { error } = await pretraining();
    expect(error?.code).toBe('batch-too-large');
    expect(error?.remedy).toMatch(/Use a batch of \d+ images or less/);
    expect((await newestRun()).state).toBe('failed');
  });
});

describe('a pretraining under way', () => {
  it('shows its curve, its figures and neighbours, all of them to a window that opens later', async () => {
    await start();
    await told('energies');
    await until(async () => (await viewed()).loss.length > 1);
    expect(await errorCode(() => call('pretrain.start', choice))).toBe('pretraining-under-way');
    const { run, loss, newest } = await viewed();
    expect(run).toMatchObject({ state: 'running', batchSize: 16, imageSize: 16, time: { epochs: 400 } });
    expect((await pretraining()).runId).toBe(run.id);
    expect(loss[0].value).toBeGreaterThan(0);
    expect(newest.energies?.positive).toHaveLength(40);
    expect(newest.neighbours?.rows.length).toBeGreaterThan(2);
    expect(newest.firstNeighbours?.step).toBe(0);
    expect(newest.progress?.imagesPerSecond).toBeGreaterThan(0);
  });

  it('rests and goes on', async () => {
    const { id } = await pretraining();
    await call('jobs.pause', { id });
    expect((await pretraining()).state).toBe('paused');
    const { doneSteps } = (await viewed()).run;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await viewed()).run.doneSteps).toBe(doneSteps);
    await call('jobs.resume', { id });
    await until(async () => (await viewed()).run.doneSteps > doneSteps);
    expect((await pretraining()).state).toBe('running');
  });

  it('that is closed with the application is offered at its next start, with all that was seen of it', async () => {
    const { loss } = await viewed();
    await application.close();
    open();
    expect((await call('project.current', null))?.name).toBe('shapes');
    const { run, loss: kept, newest } = await viewed();
    expect((await call('pretrain.options', null)).unfinished).toBe(run.id);
    expect(run.state).toBe('interrupted');
    expect(kept.length).toBeGreaterThanOrEqual(loss.length);
    expect(newest.neighbours).toBeDefined();
    events = [];
    await call('pretrain.resume', { run: run.id });
    await told('progress');
    const view = await viewed();
    expect(view.run).toMatchObject({ id: run.id, state: 'running' });
    expect(view.loss.length).toBeGreaterThan(1);
    expect(view.run.doneSteps).toBeGreaterThan(run.doneSteps);
  });

  it('can be stopped while it is paused, and is not offered then', async () => {
    const { id } = await pretraining();
    await call('jobs.pause', { id });
    await call('jobs.cancel', { id });
    await inState('cancelled');
    expect((await pretraining()).error).toBeNull();
    expect((await newestRun()).state).toBe('interrupted');
    expect(existsSync(join(dataFolder, 'unfinished.json'))).toBe(false);
  });

  it('can be paused while it gets ready', async () => {
    await start();
    expect(JSON.parse(readFileSync(join(dataFolder, 'unfinished.json'), 'utf8'))).toMatchObject({
      project: join(home, 'Genoise', 'shapes'),
    });
    const { id } = await pretraining();
    await call('jobs.pause', { id });
    expect((await pretraining()).state).toBe('paused');
    await call('jobs.resume', { id });
    await told('progress');
  });

  it('keeps what it has when it is stopped for that, and the images are embedded', async () => {
    await call('pretrain.stopAndKeep', null);
    await inState('done');
    const run = await newestRun();
    expect(run.state).toBe('done');
    expect(run.doneSteps).toBeGreaterThan(0);
    expect(run.doneSteps).toBeLessThan(run.totalSteps);
    const embedded = async () =>
      (await call('jobs.list', null)).find(({ kind }) => kind === 'embed')?.state === 'done';
    await until(embedded);
    expect((await call('pretrain.options', null)).before?.imagesPerSecond).toBeGreaterThan(0);
  });
});
