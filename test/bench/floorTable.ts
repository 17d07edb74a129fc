import { formatTable } from '../../main/cli/format.ts';
import { bytesOfNode, kindOf, operationsOfNode } from './nodeWork.ts';
import type { ProfiledNode } from './nodesOfProfile.ts';

/** What our own engine reaches on this machine. */
export interface Ceilings {
  /** 10⁹ multiplications and additions a second in a product of matrices. */
  readonly gflops: number;
  /** 10⁹ bytes a second, read and written, in a copy. */
  readonly gigabytes: number;
}

/** All operators of a kind. */
export interface FloorRow {
  readonly kind: string;
  readonly nodes: number;
  readonly milliseconds: number;
  /** 10⁹. */
  readonly operations: number;
  /** 10⁶. */
  readonly megabytes: number;
  /** Milliseconds that the operations take at the rate of the matrix product. */
  readonly computing: number;
  /** Milliseconds that the bytes take at the rate of the copy. */
  readonly moving: number;
  /** Milliseconds above the longer of the two; below 0 where caches serve faster than memory. */
  readonly gap: number;
}

/** Sums up operators by kind, most milliseconds first. */
export function floorRows(nodes: readonly ProfiledNode[], ceilings: Ceilings): readonly FloorRow[] {
  return [...Map.groupBy(nodes, kindOf)]
    .map(([kind, ofKind]) => rowOf(kind, ofKind, ceilings))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}

function rowOf(kind: string, nodes: readonly ProfiledNode[], { gflops, gigabytes }: Ceilings): FloorRow {
  const sum = (value: (node: ProfiledNode) => number): number =>
    nodes.reduce((total, node) => total + value(node), 0);
  const milliseconds = sum((node) => node.milliseconds);
  const [operations, megabytes] = [sum(operationsOfNode) / 1e9, sum(bytesOfNode) / 1e6];
  const [computing, moving] = [(1000 * operations) / gflops, megabytes / gigabytes];
  const gap = milliseconds - Math.max(computing, moving);
  return { kind, nodes: nodes.length, milliseconds, operations, megabytes, computing, moving, gap };
}

/** The sum of all kinds; its gap is that of all. */
export function totalRow(rows: readonly FloorRow[]): FloorRow {
  const sum = (key: Exclude<keyof FloorRow, 'kind'>): number =>
    rows.reduce((total, row) => total + row[key], 0);
  return {
    kind: 'all',
    ...{ nodes: sum('nodes'), milliseconds: sum('milliseconds'), operations: sum('operations') },
    ...{ megabytes: sum('megabytes'), computing: sum('computing'), moving: sum('moving'), gap: sum('gap') },
  };
}

/** Kinds of less than this share of all milliseconds share a row. */
const smallShare = 0.01;

/** The table for people: each kind that matters, the others together, all. */
export function floorTable(rows: readonly FloorRow[]): string {
  const all = totalRow(rows);
  const isSmall = (row: FloorRow): boolean => row.milliseconds < smallShare * all.milliseconds;
  const others = rows.filter(isSmall);
  const shown = [
    ...rows.filter((row) => !isSmall(row)),
    ...(others.length > 0 ? [{ ...totalRow(others), kind: `${others.length} others` }] : []),
    all,
  ];
  const headings = ['kind', 'operators', 'ms', 'GFLOP', 'MB', 'computing, ms', 'moving, ms', 'gap, ms'];
  return formatTable(headings, shown.map(cells));
}

function cells({
  kind,
  nodes,
  milliseconds,
  operations,
  megabytes,
  computing,
  moving,
  gap,
}: FloorRow): string[] {
  const numbers = [milliseconds, operations, megabytes, computing, moving, gap];
  return [kind, String(nodes), ...numbers.map((value) => value.toFixed(1))];
}
