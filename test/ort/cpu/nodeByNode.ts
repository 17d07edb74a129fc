import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { sessionOptions } from '../../../main/engine/execute/ort/sessionOptions.ts';
import { blockedDomain } from '../../../main/engine/lower/cpu/blockedOps.ts';
import { decodeModel, encodeModel } from '../../../main/engine/lower/onnx/schema.ts';
import { conv, globalAveragePool, maxPool, reorderInput, reorderOutput } from './blockedKernels.ts';
import type { NodeProto, TensorProto } from '../../../main/engine/lower/onnx/schema.ts';
import type { Image, WindowAttributes } from './blockedKernels.ts';

const types = { 1: 'float32', 2: 'uint8', 6: 'int32', 7: 'int64', 9: 'bool' } as const;
type TypeNumber = keyof typeof types;

/**
 * Runs a model node by node: ONNX's own operators each in a session of one node, the blocked ones by their reference
 * kernels, for the given block.
 */
export async function runNodeByNode(
  model: Uint8Array,
  inputs: Readonly<Record<string, OrtTensor>>,
  block: number,
): Promise<Map<string, OrtTensor>> {
  const { graph } = decodeModel(model);
  const values = new Map(Object.entries(inputs));
  for (const initializer of graph.initializer) values.set(initializer.name, constantOf(initializer));
  for (const node of graph.node) {
    const operands = node.input.map((name) => (name === '' ? undefined : values.get(name)));
    const result =
      node.domain === blockedDomain ? runBlocked(node, operands, block) : await runAlone(node, operands);
    values.set(node.output[0], result);
  }
  return values;
}

function constantOf({ dataType, dims, rawData }: TensorProto): OrtTensor {
  const bytes = Uint8Array.from(rawData).buffer;
  const shape = [...dims];
  if (dataType === 1) return new OrtTensor('float32', new Float32Array(bytes), shape);
  if (dataType === 6) return new OrtTensor('int32', new Int32Array(bytes), shape);
  if (dataType === 7) return new OrtTensor('int64', new BigInt64Array(bytes), shape);
  return new OrtTensor('uint8', new Uint8Array(bytes), shape);
}

function runBlocked(node: NodeProto, operands: readonly (OrtTensor | undefined)[], block: number): OrtTensor {
  const [x, w, bias, addend] = operands.map((value) => value && imageOf(value));
  if (!x) throw new Error(`${node.opType} has no input`);
  const image = (): Image => {
    switch (node.opType) {
      case 'ReorderInput':
        return reorderInput(x, block, int(node, 'channels_last', 0) === 1);
      case 'ReorderOutput':
        return reorderOutput(x, block, int(node, 'channels', 0));
      case 'MaxPool':
        return maxPool(x, windowOf(node), block);
      case 'GlobalAveragePool':
        return globalAveragePool(x, block);
      default:
        if (!w) throw new Error('a convolution without weights');
        return conv({ x, w, bias: bias?.data, addend: addend?.data }, convOf(node), block);
    }
  };
  const { data, shape } = image();
  return new OrtTensor('float32', data, shape);
}

function imageOf({ data, dims }: OrtTensor): Image {
  if (!(data instanceof Float32Array)) throw new Error('blocked operators take float32');
  return { data, shape: dims };
}

function convOf(node: NodeProto) {
  const relu = node.attribute.some(({ name }) => name === 'activation');
  return { ...windowOf(node), groups: int(node, 'group', 1), relu };
}

function windowOf(node: NodeProto): WindowAttributes {
  const pair = (name: string): [number, number] => ints(node, name, [1, 1]) as [number, number];
  const pads = ints(node, 'pads', [0, 0, 0, 0]) as [number, number, number, number];
  return { kernel: pair('kernel_shape'), strides: pair('strides'), pads, dilations: pair('dilations') };
}

function int(node: NodeProto, name: string, otherwise: number): number {
  return node.attribute.find((attribute) => attribute.name === name)?.i ?? otherwise;
}

function ints(node: NodeProto, name: string, otherwise: readonly number[]): readonly number[] {
  return node.attribute.find((attribute) => attribute.name === name)?.ints ?? otherwise;
}

const sessions = new Map<string, Promise<InferenceSession>>();

async function runAlone(node: NodeProto, operands: readonly (OrtTensor | undefined)[]): Promise<OrtTensor> {
  const feeds: Record<string, OrtTensor> = {};
  operands.forEach((value, i) => value && (feeds[`x${i}`] = value));
  const input = operands.map((value, i) => (value ? `x${i}` : ''));
  const key = `${node.opType} ${JSON.stringify(node.attribute)} ${operands.map((value) => value?.type).join()}`;
  const session = sessions.get(key) ?? createAlone({ ...node, input, output: ['y'] }, feeds);
  sessions.set(key, session);
  return (await (await session).run(feeds)).y;
}

function createAlone(node: NodeProto, feeds: Readonly<Record<string, OrtTensor>>): Promise<InferenceSession> {
  const [first] = Object.values(feeds);
  const port = (name: string, elemType: number) => ({ name, type: { tensorType: { elemType } } });
  const model = encodeModel({
    irVersion: 10,
    producerName: 'test',
    docString: '',
    opsetImport: [{ domain: '', version: 20 }],
    metadataProps: [],
    graph: {
      name: 'alone',
      node: [node],
      initializer: [],
      input: Object.entries(feeds).map(([name, { type }]) => port(name, typeNumber(type))),
      output: [port('y', resultType(node, first))],
    },
  });
  return InferenceSession.create(model, sessionOptions({ device: 'cpu', threads: 1, spinning: false }));
}

function resultType(node: NodeProto, first: OrtTensor): number {
  if (node.opType === 'Cast') return int(node, 'to', 1);
  if (node.opType === 'Equal') return 9;
  return typeNumber(first.type);
}

function typeNumber(type: string): number {
  const found = Object.keys(types).find((number) => types[Number(number) as TypeNumber] === type);
  return Number(found);
}
