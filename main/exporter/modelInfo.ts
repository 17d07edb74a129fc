import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs/light.js';

/** What an exported model says about itself, in its `metadata_props`. */
export interface ModelInfo {
  readonly kind: 'classifier' | 'encoder';
  /** In the order of the outputs; none in an encoder. */
  readonly classes: readonly string[];
  /** S: the model resizes every image to S × S itself. */
  readonly imageSize: number;
  /** M: larger images are shrunk to this long side before they are given to the model, as the training images were. */
  readonly longestSide: number;
  /** For people. */
  readonly encoder: string;
  readonly method: string;
  readonly genoiseVersion: string;
}

const versionKey = 'genoise_version';

/** As the strings that an ONNX file holds. */
export function encodeModelInfo(info: ModelInfo): Record<string, string> {
  return {
    [versionKey]: info.genoiseVersion,
    kind: info.kind,
    classes: JSON.stringify(info.classes),
    image_size: String(info.imageSize),
    longest_side: String(info.longestSide),
    encoder: info.encoder,
    method: info.method,
  };
}

/**
 * Reads what an ONNX file says about itself, passing over everything else in it.
 * @returns null for a file that Genoise did not write
 * @throws the file system's error
 */
export function readModelInfo(path: string): ModelInfo | null {
  const bytes = readFileSync(path);
  try {
    const message = modelType.toObject(modelType.decode(bytes)) as {
      readonly metadataProps?: readonly { readonly key: string; readonly value: string }[];
    };
    const entries = new Map((message.metadataProps ?? []).map(({ key, value }) => [key, value]));
    return infoOf(entries);
  } catch {
    return null;
  }
}

function infoOf(entries: ReadonlyMap<string, string>): ModelInfo | null {
  const genoiseVersion = entries.get(versionKey);
  const kind = entries.get('kind');
  const classes: unknown = JSON.parse(entries.get('classes') ?? 'null');
  const [imageSize, longestSide] = [Number(entries.get('image_size')), Number(entries.get('longest_side'))];
  if (genoiseVersion === undefined || (kind !== 'classifier' && kind !== 'encoder')) return null;
  if (!Array.isArray(classes) || !classes.every((name) => typeof name === 'string')) return null;
  if (!(imageSize > 0 && longestSide > 0)) return null;
  const [encoder = '', method = ''] = [entries.get('encoder'), entries.get('method')];
  return { kind, classes, imageSize, longestSide, encoder, method, genoiseVersion };
}

/** Of ONNX's ModelProto only what is read here; a reader passes over fields that it does not know. */
const modelType = protobuf.Root.fromJSON({
  nested: {
    ModelProto: {
      fields: { metadataProps: { rule: 'repeated', type: 'StringStringEntryProto', id: 14 } },
    },
    StringStringEntryProto: {
      fields: { key: { type: 'string', id: 1 }, value: { type: 'string', id: 2 } },
    },
  },
}).lookupType('ModelProto');
