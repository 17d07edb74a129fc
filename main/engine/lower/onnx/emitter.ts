import { createHash } from 'node:crypto';
import { encodeModel, type AttributeProto, type NodeProto, type TensorProto } from './schema.ts';
import { valueInfo, type Port } from './port.ts';
import { onnxDataType, type OnnxType } from './dataType.ts';

/** The type is written out, because 1.0 and 1 are the same JavaScript number and not the same attribute. */
export type OnnxAttribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly string: string };

export type OnnxAttributes = Readonly<Record<string, OnnxAttribute>>;

export interface OnnxConstant {
  readonly type: OnnxType;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array | BigInt64Array;
}

/** What a model says about itself. */
export interface ModelText {
  readonly name?: string;
  readonly docString?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Collects the nodes and constants of one model. Values are known by their names. */
export interface OnnxEmitter {
  /**
   * Adds a node of one output and returns that output's name. A node that is already there (same operator,
   * inputs and attributes) is not added again: equal computations are done once. '' stands for an optional input
   * that is left out; `domain` is that of an operator that is not ONNX's own.
   */
  emit(opType: string, inputs: readonly string[], attributes?: OnnxAttributes, domain?: string): string;
  /** Adds a node whose output has this name. */
  emitNamed(opType: string, inputs: readonly string[], output: string): void;
  /** Gives a value the name of a result of the model: what makes it then writes the result, and nothing is copied. */
  nameResult(value: string, result: string): void;
  /** A constant's name; equal constants are stored once. */
  constant(value: OnnxConstant): string;
  /** A constant int64 vector: shapes, axes, pads. */
  int64s(values: readonly number[]): string;
  /** A constant float32 of rank 0. */
  float(value: number): string;
  /** The finished model. */
  encode(inputs: readonly Port[], outputs: readonly Port[], text?: ModelText): Uint8Array;
}

const opset = 20;
const irVersion = 10;

/** @param reserved names that the model's inputs and outputs have, so that no inner value takes them */
export function createEmitter(reserved: ReadonlySet<string> = new Set()): OnnxEmitter {
  const nodes: NodeProto[] = [];
  const initializers: TensorProto[] = [];
  const valueOf = new Map<string, string>();
  const taken = new Set(reserved);
  const results = new Map<string, string>();
  const made = new Set<string>();

  const merged = (key: string, prefix: string, add: (name: string) => void): string => {
    const known = valueOf.get(key);
    if (known !== undefined) return known;
    const name = unusedName(prefix, nodes.length + initializers.length, taken);
    taken.add(name);
    valueOf.set(key, name);
    add(name);
    return name;
  };

  const constant = (value: OnnxConstant): string => {
    const rawData = bytesOf(value.data);
    const hash = createHash('sha256').update(rawData).digest('hex');
    return merged(`${value.type}[${value.shape.join()}]#${hash}`, 'constant', (name) =>
      initializers.push({ name, dataType: onnxDataType[value.type], dims: value.shape, rawData }),
    );
  };

  return {
    emit: (opType, inputs, attributes = {}, domain = '') =>
      merged(`${domain}:${opType}(${inputs.join()})${JSON.stringify(attributes)}`, opType, (name) => {
        nodes.push(node(name, opType, inputs, attributes, domain));
        made.add(name);
      }),
    emitNamed: (opType, inputs, output) => void nodes.push(node(output, opType, inputs, {}, '')),
    nameResult: (value, result) => {
      const isNodes = !results.has(value) && made.has(value);
      if (isNodes) results.set(value, result);
      else nodes.push(node(result, 'Identity', [value], {}, ''));
    },
    constant,
    int64s: (values) =>
      constant({ type: 'int64', shape: [values.length], data: BigInt64Array.from(values, BigInt) }),
    float: (value) => constant({ type: 'float32', shape: [], data: Float32Array.of(value) }),
    encode: (inputs, outputs, { name = 'genoise', docString = '', metadata = {} } = {}) =>
      encodeModel({
        irVersion,
        producerName: 'genoise',
        docString,
        opsetImport: [...new Set(['', ...nodes.map(({ domain }) => domain)])].map(opsetOf),
        metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
        graph: {
          name,
          node: results.size === 0 ? nodes : nodes.map((each) => renamed(each, results)),
          initializer: initializers,
          input: inputs.map(valueInfo),
          output: outputs.map(valueInfo),
        },
      }),
  };
}

function opsetOf(domain: string): { domain: string; version: number } {
  return { domain, version: domain === '' ? opset : 1 };
}

function node(
  name: string,
  opType: string,
  input: readonly string[],
  attributes: OnnxAttributes,
  domain: string,
): NodeProto {
  const attribute = Object.entries(attributes).map(([key, value]) => attributeProto(key, value));
  return { name, opType, input, output: [name], attribute, domain };
}

function renamed(node: NodeProto, names: ReadonlyMap<string, string>): NodeProto {
  const nameOf = (value: string): string => names.get(value) ?? value;
  return { ...node, input: node.input.map(nameOf), output: node.output.map(nameOf) };
}

/** AttributeProto.AttributeType of the standard: FLOAT 1, INT 2, STRING 3, INTS 7. */
function attributeProto(name: string, attribute: OnnxAttribute): AttributeProto {
  if ('int' in attribute) return { name, type: 2, i: attribute.int };
  if ('float' in attribute) return { name, type: 1, f: attribute.float };
  if ('ints' in attribute) return { name, type: 7, ints: attribute.ints };
  return { name, type: 3, s: new TextEncoder().encode(attribute.string) };
}

/** Little-endian, as the standard asks and as all machines that this runs on store numbers. */
function bytesOf(data: OnnxConstant['data']): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function unusedName(prefix: string, start: number, taken: ReadonlySet<string>): string {
  let index = start;
  while (taken.has(`${prefix}_${index}`)) index++;
  return `${prefix}_${index}`;
}
