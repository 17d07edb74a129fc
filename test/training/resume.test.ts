import { cpSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { methods } from '../../main/ssl/methods.ts';
import { readCheckpoint } from '../../main/training/checkpoint.ts';
import { pretrain } from '../../main/training/pretrain.ts';
import { tensorHashes } from '../../main/training/safetensors.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import { recordingHost, tinyJob, tinySettings, writeTinyStore } from '../helpers/tinyTraining.ts';
import type { TrainingHost } from '../../main/training/trainingHost.ts';
import type { PretrainJob } from '../../shared/trainingEvents.ts';

// All that a method keeps is in its checkpoint. What a run's folder holds after a step is what a kill would leave;
// `test/faults` kills for some methods.

const executor = ortExecutor({ device: 'cpu', threads: 1, spinning: false });
const [steps, killedAfter] = [4, 2];

/** Trains to the end. @returns SHA-256 of each tensor of the state */
async function finalState(job: PretrainJob, changes: Partial<TrainingHost>): Promise<Record<string, string>> {
  const { host } = recordingHost(executor, changes);
  const outcome = await pretrain(job, host);
  expect(outcome).toMatchObject({ state: 'done', step: steps });
  return tensorHashes(readCheckpoint(outcome.checkpoint).state);
}

describe.each(methods)('$name', ({ name }) => {
  it('goes on from a checkpoint to the very state of a run without a stop', async () => {
    const folder = temporaryFolder();
    writeTinyStore(`${folder}/pixels`, 32);
    const known: Readonly<Record<string, object>> = tinySettings;
    // SwAV's queue is used from the first step on.
    const settings = { ...known[name], ...('queueStart' in given(name) && { queueStart: 0 }) };
    const job = tinyJob(folder, { method: name, settings, epochs: 1 });
    const resumed = { ...job, checkpointFolder: `${folder}/left`, resume: true };
    const whole = await finalState(job, {
      checkpointSeconds: 0,
      report: (event) => {
        if (event.kind === 'checkpoint' && event.step === killedAfter)
          cpSync(job.checkpointFolder, resumed.checkpointFolder, { recursive: true });
      },
    });
    let from = -1;
    const report: TrainingHost['report'] = (event) => {
      if (event.kind === 'started') from = event.step;
    };
    expect(await finalState(resumed, { report })).toEqual(whole);
    expect(from).toBe(killedAfter);
  });
});

function given(name: string): object {
  return methods.find((method) => method.name === name)?.defaults('small').settings ?? {};
}
