/**
 * A process that trains, to be killed: `node trainingChild.ts '<job as JSON>' [hang]`. It saves after each step and
 * prints a line for each of its events. With `hang` its second checkpoint stops half written.
 */
import { writeSync } from 'node:fs';
import { ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { pretrain } from '../../main/training/pretrain.ts';
import { writeAll, type ByteWriter } from '../../main/training/writeFileAtomically.ts';
import type { PretrainJob } from '../../shared/trainingEvents.ts';

const [job = '{}', mode] = process.argv.slice(2);
let checkpoints = 0;
let pieces = 0;

/** Synchronous, so that a line is out before what follows it blocks or is killed. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

const hangHalfWay: ByteWriter = (file, bytes) => {
  pieces++;
  if (checkpoints === 0 || pieces < 5) {
    writeAll(file, bytes);
    return;
  }
  writeAll(file, bytes.subarray(0, Math.ceil(bytes.length / 2)));
  say('half-written');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
};

await pretrain(JSON.parse(job) as PretrainJob, {
  executor: ortExecutor({ device: 'cpu', threads: 1, spinning: false }),
  signal: new AbortController().signal,
  checkpointSeconds: 0,
  progressSeconds: 0,
  writeBytes: mode === 'hang' ? hangHalfWay : writeAll,
  report: ({ kind }) => {
    if (kind === 'checkpoint') {
      checkpoints++;
      pieces = 0;
    }
    say(kind);
  },
});
