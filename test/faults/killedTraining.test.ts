import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newestCheckpoint } from '../../main/training/checkpointFolder.ts';
import { tensorHashes } from '../../main/training/safetensors.ts';
import { partialEnding } from '../../main/training/writeFileAtomically.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import { tinyJob, tinySettings, writeTinyStore } from '../helpers/tinyTraining.ts';
import type { PretrainJob } from '../../shared/trainingEvents.ts';

const childScript = join(import.meta.dirname, 'trainingChild.ts');
const kills = 5;

/** When a child is killed: a moment after it has said `line` for the `times`th time; null: never. */
interface Death {
  readonly line: string;
  readonly times: number;
  readonly delay: number;
}

/** Runs a child until its end or its death. @returns the signal that ended it, or its exit code */
async function live(job: PretrainJob, death: Death | null): Promise<string | number | null> {
  const hang = death?.line === 'half-written' ? ['hang'] : [];
  const child = spawn(process.execPath, [childScript, JSON.stringify(job), ...hang], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<string | number | null>((resolve) =>
    child.on('exit', (code, signal) => resolve(signal ?? code)),
  );
  // A test that has failed, or timed out, leaves no process behind.
  onTestFinished(() => void child.kill('SIGKILL'));
  let heard = 0;
  createInterface(child.stdout).on('line', (line) => {
    if (line !== death?.line || ++heard !== death.times) return;
    void setTimeout(death.delay).then(() => child.kill('SIGKILL'));
  });
  return ended;
}

/** Right at the start, after a step or some, or while a step is computed or saved. */
function randomDeath(): Death {
  const line = randomInt(4) === 0 ? 'started' : 'progress';
  return { line, times: line === 'started' ? 1 : randomInt(1, 4), delay: randomInt(20) };
}

/** SHA-256 of each tensor of the run's newest checkpoint, and its step. */
function finalState(folder: string): { step: number; hashes: Record<string, string> } {
  const found = newestCheckpoint(folder);
  if (!found) throw new Error('no checkpoint');
  return { step: found.checkpoint.metadata.step, hashes: tensorHashes(found.checkpoint.state) };
}

// One method that keeps nothing of its own and one with a slower copy and a queue; `test/training/resume.test.ts` goes
// through all.
describe('a training that is killed five times', () => {
  it.each(['simclr', 'moco-v2'] as const)(
    '%s ends with the tensors of one that is not',
    async (method) => {
      const folder = temporaryFolder();
      writeTinyStore(join(folder, 'pixels'), 32);
      // 24 steps: more than five lives reach.
      const job = tinyJob(folder, { method, settings: tinySettings[method], epochs: 6 });
      const whole = { ...job, checkpointFolder: join(folder, 'whole') };
      expect(await live(whole, null)).toBe(0);

      const inWriting = randomInt(kills);
      for (let kill = 0; kill < kills; kill++) {
        const death = kill === inWriting ? { line: 'half-written', times: 1, delay: 0 } : randomDeath();
        const resumed = { ...job, resume: kill > 0 };
        expect(await live(resumed, death), `kill ${kill + 1} at ${JSON.stringify(death)}`).toBe('SIGKILL');
        if (kill === inWriting) {
          expect(readdirSync(job.checkpointFolder).some((name) => name.endsWith(partialEnding))).toBe(true);
        }
      }
      expect(await live({ ...job, resume: true }, null)).toBe(0);
      expect(finalState(job.checkpointFolder)).toEqual(finalState(whole.checkpointFolder));
      expect(finalState(job.checkpointFolder).step).toBe(24);
      expect(readdirSync(job.checkpointFolder)).toHaveLength(2);
    },
    300_000,
  );
});
