import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeSampleImages } from '../../main/importer/sampleImages.ts';
import { runJob, type JobOptions } from '../../main/worker/host.ts';
import { GenoiseError, genoiseError } from '../../shared/errors.ts';
import type { ImportRequest } from '../../shared/importing.ts';
import type { RootId } from '../../shared/records.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

/** An import of a few images: the cheapest job. */
async function importRequest(count = 6): Promise<ImportRequest> {
  const folder = temporaryFolder();
  const pixelsFolder = join(folder, 'pixels');
  mkdirSync(pixelsFolder);
  await writeSampleImages(join(folder, 'images'), { count, seed: 1, side: 12 });
  const roots = [{ rootId: 1 as RootId, folder: join(folder, 'images') }];
  return { pixelsFolder, roots, known: [], slotsInUse: 0 };
}

async function failureOf(options: JobOptions<'import'>, count?: number): Promise<GenoiseError> {
  const request = await importRequest(count);
  const outcome = await runJob('import', request, options).catch((error: unknown) => error);
  if (!(outcome instanceof GenoiseError)) throw new Error('the job did not fail as a job should');
  return outcome;
}

/** Runs `code` in the worker when it is told to start. */
function sabotage(code: string): Record<string, string> {
  const module = `process.on('message', (message) => { if (message.kind === 'start') { ${code} } });`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(module)}` };
}

describe('runJob', () => {
  it('hands on every event, in order and one at a time, before it returns', async () => {
    const images: number[] = [];
    let busy = false;
    await runJob('import', await importRequest(), {
      onEvent: async (event) => {
        expect(busy).toBe(false);
        busy = true;
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (event.kind === 'batch') images.push(...event.batch.images.map(({ slot }) => slot ?? -1));
        busy = false;
      },
    });
    expect(images.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(images).toHaveLength(6);
  });

  it('says how a worker died that was killed', async () => {
    const environment = sabotage("process.kill(process.pid, 'SIGKILL')");
    const error = await failureOf({ onEvent: () => undefined, environment });
    expect(error.code).toBe('worker-crashed');
    expect(error.message).toContain('during the import (SIGKILL)');
  });

  it("gives a dying worker's last words as the reason", async () => {
    const environment = sabotage("setImmediate(() => { throw new RangeError('no more pixels'); })");
    const error = await failureOf({ onEvent: () => undefined, environment });
    expect(error.code).toBe('worker-crashed');
    expect(error.message).toContain('(exit code 1: RangeError: no more pixels)');
  });

  it('ends a job whose events cannot be dealt with, with that failure', async () => {
    let events = 0;
    const onEvent = (): void => {
      events++;
      throw genoiseError('disk-full', { folder: '/project' });
    };
    const error = await failureOf({ onEvent });
    expect(error.code).toBe('disk-full');
    expect(events).toBe(1);
  });

  it('cancels a job before it began', async () => {
    const error = await failureOf({ onEvent: () => undefined, signal: AbortSignal.abort() });
    expect(error.code).toBe('cancelled');
    expect(error.message).toContain('The import was stopped');
  });

  it('cancels a job on its way: what was done is handed over first', async () => {
    const controller = new AbortController();
    let images = 0;
    const onEvent: JobOptions<'import'>['onEvent'] = (event) => {
      if (event.kind === 'progress' && event.progress.phase === 'planned') controller.abort();
      if (event.kind === 'batch') images += event.batch.images.length;
    };
    const error = await failureOf({ onEvent, signal: controller.signal }, 200);
    expect(error.code).toBe('cancelled');
    expect(images).toBeLessThan(200);
  });

  it('calls a worker that dies while it is being stopped cancelled', async () => {
    const environment = sabotage("process.kill(process.pid, 'SIGKILL')");
    const error = await failureOf({ onEvent: () => undefined, signal: AbortSignal.abort(), environment });
    expect(error.code).toBe('cancelled');
  });
});
