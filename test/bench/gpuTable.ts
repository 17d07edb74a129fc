import { formatTable } from '../../main/cli/format.ts';
import { nameOf, type GpuRow } from './gpuRows.ts';
import type { StepShape } from './ourStep.ts';

/** Everything that was measured, and what follows from it for each shape. */
export function gpuTable(rows: readonly GpuRow[], shapes: readonly StepShape[]): string {
  const measured = rows
    .filter(({ value }) => typeof value === 'number')
    .map(({ side, part, value, unit, details }) => [
      side,
      part,
      value?.toFixed(1) ?? '',
      unit ?? '',
      numberOf(details, 'stepMilliseconds')?.toFixed(1) ?? '',
      numberOf(details, 'peakMegabytes')?.toFixed(0) ?? '',
    ]);
  const missing = rows.filter(({ error }) => error !== undefined);
  return [
    formatTable(['side', 'part', 'value', 'unit', 'ms a step', 'MB'], measured),
    '',
    ...shapes.flatMap((shape) => conclusions(rows, nameOf(shape))),
    ...missing.map(({ side, part, error }) => `Not measured: ${side}, ${part}: ${error ?? ''}`),
  ].join('\n');
}

/** How idle the GPU was, how far the ceilings are, what PyTorch does. */
function conclusions(rows: readonly GpuRow[], shape: string): string[] {
  const find = (side: GpuRow['side'], part: string): GpuRow | undefined =>
    rows.find((row) => row.side === side && row.part === part);
  const step = find('ours', `${shape}, step`);
  const kernels = find('ours', `${shape}, kernels`);
  const milliseconds = numberOf(step?.details, 'stepMilliseconds');
  if (typeof step?.value !== 'number' || milliseconds === null) return [];
  const lines: string[] = [];
  if (typeof kernels?.value === 'number') {
    const idle = Math.max(0, 1 - kernels.value / milliseconds);
    lines.push(`${shape}: the GPU is idle for ${percent(idle)} of a step; kernels by operator, ms:`);
    lines.push(`  ${JSON.stringify(kernels.details?.byOperator)}`);
  }
  const operations = numberOf(step.details, 'operations');
  const ceiling = find('ours', 'matmul fp32')?.value;
  if (operations !== null && typeof ceiling === 'number') {
    const rate = operations / milliseconds / 1e6;
    lines.push(
      `${shape}: ${rate.toFixed(0)} GFLOP/s, ${percent(rate / ceiling)} of our own matrix product's rate.`,
    );
  }
  for (const { part, value } of rows) {
    if (!part.startsWith(`${shape}, `) || typeof value !== 'number' || part.includes('kernels')) continue;
    if (part !== `${shape}, step`) lines.push(`${shape}: ours is ${(step.value / value).toFixed(2)} × PyTorch, ${part.slice(shape.length + 2)}.`); // prettier-ignore
  }
  return lines;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

function numberOf(details: GpuRow['details'], name: string): number | null {
  const value = details?.[name];
  return typeof value === 'number' ? value : null;
}
