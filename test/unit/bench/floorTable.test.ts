import { describe, expect, it } from 'vitest';
import { floorRows, floorTable, totalRow } from '../../bench/floorTable.ts';
import { bytesOfNode, kindOf, operationsOfNode } from '../../bench/nodeWork.ts';
import { nodesOfProfile, type ProfiledNode } from '../../bench/nodesOfProfile.ts';
import { millisecondsByOp } from '../../bench/millisecondsByOp.ts';

function node(op: string, inputs: readonly (readonly number[])[], output: readonly number[], more = {}) {
  return {
    op,
    milliseconds: 1,
    fastest: 1,
    inputs,
    outputs: [output],
    bytes: 1000,
    ...more,
  } satisfies ProfiledNode;
}

describe('the work of an operator', () => {
  it('of a convolution is a product for each weight that leads to an output', () => {
    const conv = node('Conv', [[2, 6, 8, 8], [4, 3, 5, 5]], [2, 4, 8, 8]); // prettier-ignore
    expect(operationsOfNode(conv)).toBe(2 * (2 * 4 * 8 * 8) * (3 * 5 * 5));
    expect(kindOf(conv)).toBe('Conv');
  });

  it('of an affine map is one product an element, and it is told apart', () => {
    const affine = node('Conv', [[2, 6, 8, 8], [6, 1, 1, 1], [6]], [2, 6, 8, 8]); // prettier-ignore
    expect(operationsOfNode(affine)).toBe(2 * (2 * 6 * 8 * 8));
    expect(kindOf(affine)).toBe('Conv, a weight a channel');
  });

  it('of a product of matrices does not depend on how they lie', () => {
    const expected = 2 * 4 * 5 * 7;
    expect(operationsOfNode(node('Gemm', [[7, 4], [4, 5]], [7, 5]))).toBe(expected); // prettier-ignore
    expect(operationsOfNode(node('Gemm', [[4, 7], [5, 4]], [7, 5]))).toBe(expected); // prettier-ignore
    expect(operationsOfNode(node('MatMul', [[3, 7, 4], [3, 4, 5]], [3, 7, 5]))).toBe(3 * expected); // prettier-ignore
    expect(operationsOfNode(node('MatMul', [[7, 4], [3, 4, 5]], [3, 7, 5]))).toBe(3 * expected); // prettier-ignore
  });

  it('is bytes alone in all others, and nothing where only the shape changes', () => {
    const mul = node('Mul', [[8], [8]], [8]); // prettier-ignore
    expect([operationsOfNode(mul), bytesOfNode(mul)]).toEqual([0, 1000]);
    expect(bytesOfNode(node('Reshape', [[8], [2]], [2, 4]))).toBe(0); // prettier-ignore
  });
});

describe('the table of the floor', () => {
  const nodes = [
    node('Conv', [[1, 100, 1, 1], [50, 100, 1, 1]], [1, 50, 1, 1], { milliseconds: 3, bytes: 2e6 }), // prettier-ignore
    node('Conv', [[1, 100, 1, 1], [50, 100, 1, 1]], [1, 50, 1, 1], { milliseconds: 4, bytes: 2e6 }), // prettier-ignore
    node('Mul', [], [], { milliseconds: 2, bytes: 10e6 }),
    node('Neg', [], [], { milliseconds: 0.01, bytes: 0 }),
  ];
  const rows = floorRows(nodes, { gflops: 0.01, gigabytes: 10 });

  it('holds milliseconds against the longer of computing and moving', () => {
    const [conv, mul] = rows;
    expect(conv).toMatchObject({ kind: 'Conv', nodes: 2, milliseconds: 7, operations: 2e-5, megabytes: 4 });
    expect(conv.computing).toBeCloseTo(2);
    expect(conv.moving).toBeCloseTo(0.4);
    expect(conv.gap).toBeCloseTo(5);
    expect(mul).toMatchObject({ kind: 'Mul', computing: 0, moving: 1, gap: 1 });
    const all = totalRow(rows);
    expect(all.milliseconds).toBeCloseTo(9.01);
    expect(all.gap).toBeCloseTo(6.01);
  });

  it('puts small kinds together and ends with all', () => {
    const lines = floorTable(rows).split('\n');
    expect(lines.map((line) => line.split(/\s{2,}/)[0])).toEqual(['kind', 'Conv', 'Mul', '1 others', 'all']);
  });
});

describe("what ONNX Runtime's profiler tells", () => {
  const args = {
    op_name: 'Conv',
    input_type_shape: [{ float: [1, 4, 2, 2] }, { float: [8, 4, 1, 1] }],
    output_type_shape: [{ float: [1, 8, 2, 2] }],
    ...{ activation_size: '64', parameter_size: '128', output_size: '128' },
  };
  const run = (name: string, dur: number) => ({ cat: 'Node', name, dur, args });

  it('becomes one item an operator, with the median of the runs that count', () => {
    const durations = [9000, 2000, 1000, 3000];
    const events = durations.flatMap((dur) => [
      run('Conv_1_kernel_time', dur),
      run('Conv_2_kernel_time', 500),
    ]);
    const nodes = nodesOfProfile([{ cat: 'Session', name: 'model_run', dur: 1 }, ...events], 1);
    expect(nodes).toEqual([
      { op: 'Conv', milliseconds: 2, fastest: 1, inputs: [[1, 4, 2, 2], [8, 4, 1, 1]], outputs: [[1, 8, 2, 2]], bytes: 320 }, // prettier-ignore
      expect.objectContaining({ milliseconds: 0.5 }),
    ]);
    expect(millisecondsByOp(nodes)).toEqual({ Conv: 2.5 });
  });
});
