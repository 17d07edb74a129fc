import { truncateSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { shardPath } from '../../main/importer/pixelStoreFormat.ts';
import { pretrain } from '../../main/training/pretrain.ts';
import { createPace, type WorkerPace } from '../../main/worker/pace.ts';
import { errorCode } from '../helpers/errorCode.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import { recordingHost, tinyJob, tinySettings, writeTinyStore } from '../helpers/tinyTraining.ts';
import { threadPorts } from '../helpers/threadPorts.ts';
import type { TrainingEvent } from '../../shared/trainingEvents.ts';

const executor = ortExecutor({ device: 'cpu', threads: 1, spinning: false });
const settings = tinySettings.simclr;

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  writeTinyStore(`${folder}/pixels`, 32);
});

describe('the threads that read for a pretraining', () => {
  it('end while it rests and when it is stopped', async () => {
    const before = threadPorts();
    const seen: Record<string, boolean> = {};
    const look = (when: string): void => void (seen[when] = threadPorts() > before);
    const stop = new AbortController();
    const pace: WorkerPace = createPace(stop.signal, () => {
      look('at rest');
      setTimeout(() => pace.resume(), 20);
    });
    const report = (event: TrainingEvent): void => {
      if (event.kind !== 'progress') return;
      look(`step ${event.step}`);
      if (event.step === 2) pace.pause();
      if (event.step === 3) stop.abort();
    };
    const { host } = recordingHost(executor, { pace, progressSeconds: 0, signal: stop.signal, report });
    const outcome = await pretrain(tinyJob(folder, { settings, epochs: 2 }), host);
    look('after it');
    expect(outcome).toMatchObject({ state: 'interrupted', step: 3 });
    expect(seen).toEqual({
      'step 1': true,
      'step 2': true,
      'at rest': false,
      'step 3': true,
      'after it': false,
    });
  });

  it('tell it that images are gone, and end', async () => {
    const before = threadPorts();
    truncateSync(shardPath(`${folder}/pixels`, 0), 8192);
    const { host } = recordingHost(executor);
    expect(await errorCode(() => pretrain(tinyJob(folder, { settings }), host))).toBe('damaged-project');
    expect(threadPorts()).toBe(before);
  });
});
