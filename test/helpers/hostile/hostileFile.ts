import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One file that an import may meet, and what it must say. */
export interface HostileFile {
  /** For people. */
  readonly kind: string;
  /** Below the corpus; raw bytes where it is no text. */
  readonly name: string | Buffer;
  /** Puts it there. */
  readonly write: (path: Buffer, folder: string) => void;
  /** Happens between the scan and the reading. */
  readonly meanwhile?: (path: Buffer) => void;
  /** `ready`, or what the reason says; null for what is passed over without a row. */
  readonly expected: 'ready' | RegExp | null;
}

/** A hostile file that is only its bytes. */
export function fileOf(
  kind: string,
  name: string | Buffer,
  bytes: Buffer | string,
  expected: HostileFile['expected'],
): HostileFile {
  return { kind, name, write: (path) => writeFileSync(path, bytes), expected };
}

/** The path of a hostile file in `folder`, whose folders are made. */
export function hostilePath(folder: string, { name }: HostileFile): Buffer {
  if (typeof name === 'string') mkdirSync(join(folder, name, '..'), { recursive: true });
  return Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name)]);
}
