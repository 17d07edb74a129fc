import { execFile, spawn } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chooseDevice } from '../../main/worker/chooseDevice.ts';
import { describeTrial } from '../../shared/deviceTrial.ts';
import { debianPython3 } from '../helpers/requirement.ts';
import { gpuTable } from './gpuTable.ts';
import { watchGpuMemory } from './gpuMemory.ts';
import { nameOf, type GpuMeasure, type GpuRow, type GpuSizes } from './gpuRows.ts';
import { torchShape } from './ourStep.ts';
import { machine, say } from './report.ts';

export interface GpuBenchOptions {
  /** Every result is appended here as it comes, so that a run that is cut has lost nothing. */
  readonly out: string;
  /** Tiny sizes on whatever WebGPU and PyTorch run on, GPU or not: shows that all works, measures nothing. */
  readonly dry: boolean;
  /** With PyTorch. */
  readonly python?: string;
}

const full: GpuSizes = {
  shapes: [
    { method: 'simclr', encoder: 'resnet18', pairs: 256, width: 1, imageSize: 32 },
    { method: 'simclr', encoder: 'resnet50', pairs: 32, width: 1, imageSize: 224 },
  ],
  n: 4096,
  megabytes: 64,
  seconds: 6,
};
const tiny: GpuSizes = {
  shapes: [{ method: 'simclr', encoder: 'resnet18', pairs: 2, width: 0.125, imageSize: 16 }],
  n: 64,
  megabytes: 1,
  seconds: 0.1,
};

const wholeSeconds = 450;
const partSeconds = 90;
const torchSeconds = 240;

/**
 * Our engine's ceilings and training steps on WebGPU, and PyTorch's on the same GPU in the same run; under 8 minutes.
 * @returns null, having said so, where there is no GPU
 */
export async function benchGpu(options: GpuBenchOptions): Promise<readonly GpuRow[] | null> {
  if (!options.dry && !(await hasGpu())) return null;
  const sizes = options.dry ? tiny : full;
  const begin = performance.now();
  // A dry run is on software, however long that takes.
  const left = (most: number): number =>
    options.dry ? 300 : Math.min(most, wholeSeconds - (performance.now() - begin) / 1000);
  const rows: GpuRow[] = [];
  const keep = (row: GpuRow): void => {
    rows.push(row);
    appendFileSync(options.out, `${JSON.stringify(row)}\n`);
    say(`${row.side}, ${row.part}: ${row.error ?? `${row.value?.toPrecision(4) ?? ''} ${row.unit ?? ''}`}`);
  };
  writeFileSync(options.out, '');
  say(`Machine: ${machine()}; ${(await gpuName()) ?? 'the system tells no name of its GPU'}.`);
  await measureOurs(sizes, left, keep);
  await measureTorch(sizes, options, left(torchSeconds), keep);
  say(gpuTable(rows, sizes.shapes));
  return rows;
}

/** Software that plays a GPU is none: it loses against the CPU. */
async function hasGpu(): Promise<boolean> {
  const { device, trial } = await chooseDevice('auto');
  if (device !== 'webgpu') say(`No GPU to measure: ${describeTrial(trial ?? [])}.`);
  return device === 'webgpu';
}

async function measureOurs(
  sizes: GpuSizes,
  left: (most: number) => number,
  keep: (row: GpuRow) => void,
): Promise<void> {
  const script = fileURLToPath(new URL('./gpuOurs.ts', import.meta.url));
  const shaped = sizes.shapes.flatMap((shape, i) =>
    ['step', 'kernels'].map((kind) => ({ part: `${kind} ${i}`, title: `${nameOf(shape)}, ${kind}` })),
  );
  const parts = [{ part: 'matmul', title: 'matmul fp32' }, { part: 'copy', title: 'copy' }, ...shaped];
  for (const { part, title } of parts) {
    const seconds = left(partSeconds);
    if (seconds <= 0) {
      keep({ side: 'ours', part: title, error: 'no time was left' });
      continue;
    }
    const memory = watchGpuMemory();
    const given = [script, part, JSON.stringify(sizes)];
    try {
      const { stdout } = await promisify(execFile)(process.execPath, given, { timeout: 1000 * seconds });
      const measured = JSON.parse(stdout) as GpuMeasure;
      const details = { ...measured.details, peakMegabytes: await memory.peak() };
      keep({ side: 'ours', part: title, ...measured, details });
    } catch (error) {
      await memory.peak();
      keep({ side: 'ours', part: title, error: lastLine(error) });
    }
  }
}

function lastLine(error: unknown): string {
  const { killed, message } = error as Error & { killed?: boolean };
  return killed === true ? 'it took too long' : (message.trim().split('\n').at(-1) ?? 'failed').slice(0, 300);
}

/** One process for all: each of its lines is kept as it comes. */
async function measureTorch(
  sizes: GpuSizes,
  { dry, python }: GpuBenchOptions,
  seconds: number,
  keep: (row: GpuRow) => void,
): Promise<void> {
  const command = python ?? (await pythonWithTorch());
  if (command === null || seconds <= 0) {
    const error = command === null ? 'no python3 here has PyTorch' : 'no time was left';
    keep({ side: 'PyTorch', part: 'all', error });
    return;
  }
  const script = fileURLToPath(new URL('./gpu.py', import.meta.url));
  const shapes = sizes.shapes.map((shape) => ({ ...torchShape(shape), name: nameOf(shape) }));
  const request = { ...sizes, shapes, device: dry ? 'cpu' : 'cuda' };
  const child = spawn(command, [script, JSON.stringify(request)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), 1000 * seconds);
  const ended = new Promise<string | null>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code === 0 ? null : (signal ?? `exit code ${code}`)));
  });
  for await (const line of createInterface({ input: child.stdout })) {
    keep({ side: 'PyTorch', ...(JSON.parse(line) as Omit<GpuRow, 'side'>) });
  }
  const failure = await ended;
  clearTimeout(timer);
  if (failure !== null) keep({ side: 'PyTorch', part: 'the rest', error: failure });
}

async function pythonWithTorch(): Promise<string | null> {
  for (const command of ['python3', debianPython3]) {
    try {
      await promisify(execFile)(command, ['-c', 'import torch']);
      return command;
    } catch {
      // The next one may have it.
    }
  }
  return null;
}

/** As NVIDIA's own tool says it: ONNX Runtime tells no name. */
async function gpuName(): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', [
      '--query-gpu=name,driver_version,memory.total',
      '--format=csv,noheader',
    ]);
    return stdout.trim();
  } catch {
    return null;
  }
}
