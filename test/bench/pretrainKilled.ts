import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { checkpointSteps } from '../../main/training/checkpointFolder.ts';
import { say } from './report.ts';

const script = join(import.meta.dirname, '../../main/cli/index.ts');

/** A pretraining that was killed once and went on. */
export interface KilledPretraining {
  readonly run: number;
  readonly steps: number;
  readonly seconds: number;
  readonly resumedFrom: number;
}

/**
 * Pretrains by the command line, kills the command (SIGKILL) at the end of the first epoch from `killAfter` on before
 * which a checkpoint was written, and resumes.
 * @param args of `genoise pretrain`, the project first
 */
export async function pretrainKilled(args: readonly string[], killAfter: number): Promise<KilledPretraining> {
  const began = performance.now();
  const first = await pretrain(args, (said) => {
    const epoch = Number([...said.matchAll(/Epoch (\d+) done/g)].at(-1)?.[1] ?? 0);
    return epoch >= killAfter && newestStep(args[0], runIn(said)) > 0;
  });
  const run = runIn(first);
  if (first.includes(`Run ${run} is done`))
    throw new Error('it was done before it could be killed after a checkpoint: give it more epochs');
  const said = await pretrain([args[0], '--resume', String(run), '--json']);
  const from = /from step ([\d,]+)/.exec(said)?.[1];
  const last = JSON.parse(said.trimEnd().split('\n').at(-1) ?? '') as { steps: number };
  if (from === undefined) throw new Error(`it did not go on where it was:\n${said}`);
  const seconds = (performance.now() - began) / 1000;
  return { run, steps: last.steps, seconds, resumedFrom: Number(from.replaceAll(',', '')) };
}

function runIn(said: string): number {
  const run = Number(/Run (\d+):/.exec(said)?.[1]);
  if (!Number.isInteger(run)) throw new Error(`the pretraining did not start:\n${said}`);
  return run;
}

function newestStep(project: string, run: number): number {
  return checkpointSteps(join(project, 'checkpoints', String(run)))[0] ?? 0;
}

/**
 * @param isTime looks at all that was said so far: whether to kill it now
 * @returns all that it said; of a command that is killed, what it had said until then
 */
function pretrain(args: readonly string[], isTime: (said: string) => boolean = () => false): Promise<string> {
  const child = spawn(process.execPath, [script, 'pretrain', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let isKilled = false;
  const hear = (text: string): void => {
    said += text;
    for (const line of text.split('\n')) if (/^(Run|Epoch) \d+/.test(line)) say(`  ${line}`);
    if (isKilled || !isTime(said)) return;
    isKilled = true;
    child.kill('SIGKILL');
  };
  child.stderr.setEncoding('utf8').on('data', hear);
  child.stdout.setEncoding('utf8').on('data', hear);
  return new Promise((resolve, reject) =>
    child.on('close', (status) => {
      if (isKilled || status === 0) resolve(said);
      else reject(new Error(`pretraining ended with ${status}:\n${said}`));
    }),
  );
}
