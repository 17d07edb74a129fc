import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openExportFolder, type ExportFolder } from '../../main/exporter/exportFolder.ts';
import { encodeModelInfo } from '../../main/exporter/modelInfo.ts';
import { lowerPortable } from '../../main/engine/lower/portable/lowerPortable.ts';
import { exp, feed } from '../../main/engine/graph/ops.ts';
import { writeAll } from '../../main/training/writeFileAtomically.ts';
import { errorCode } from '../helpers/errorCode.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

let parent: string;
let out: string;
beforeEach(() => {
  parent = temporaryFolder();
  out = join(parent, 'out');
});

const info = {
  kind: 'encoder',
  classes: [],
  imageSize: 16,
  longestSide: 32,
  encoder: 'e',
  method: 'm',
  genoiseVersion: '0.0.0',
} as const;
const { model } = lowerPortable(
  { outputs: { y: exp(feed('x', [2])) }, updates: {} },
  { metadata: encodeModelInfo(info) },
);

function writeExport(card: string): ExportFolder {
  const folder = openExportFolder(out);
  folder.write('encoder.onnx', [model]);
  folder.write('MODEL_CARD.md', card);
  return folder;
}

describe('the folder of an export', () => {
  it('appears whole, at the end', () => {
    const folder = writeExport('one');
    expect(existsSync(out)).toBe(false);
    folder.commit();
    folder.discard();
    expect(readdirSync(parent)).toEqual(['out']);
    expect(readdirSync(out).sort()).toEqual(['MODEL_CARD.md', 'encoder.onnx']);
  });

  it('takes the place of an earlier export, and of an empty folder', () => {
    mkdirSync(out);
    writeExport('one').commit();
    writeExport('two').commit();
    expect(readFileSync(join(out, 'MODEL_CARD.md'), 'utf8')).toBe('two');
    expect(readdirSync(parent)).toEqual(['out']);
  });

  it('makes the folders above it', () => {
    out = join(parent, 'a', 'b');
    writeExport('one').commit();
    expect(readdirSync(dirname(out))).toEqual(['b']);
  });

  it.each([
    ['other files', () => writeFileSync(join(out, 'thesis.txt'), 'mine')],
    [
      'an export and something else',
      () => (writeExport('one').commit(), writeFileSync(join(out, 'notes'), '')),
    ],
    ['a card that Genoise did not write', () => writeFileSync(join(out, 'MODEL_CARD.md'), 'mine')],
    ['a model of another program', () => writeFileSync(join(out, 'encoder.onnx'), 'other')],
  ])('is refused where there is %s, which stays', async (_, prepare) => {
    mkdirSync(out);
    prepare();
    const before = readdirSync(out);
    expect(await errorCode(() => openExportFolder(out))).toBe('cannot-write');
    expect(readdirSync(out)).toEqual(before);
    expect(readdirSync(parent)).toEqual(['out']);
  });

  it('is refused where a file has its name', async () => {
    writeFileSync(out, '');
    expect(await errorCode(() => openExportFolder(out))).toBe('cannot-write');
  });

  it('leaves nothing when the disk is full, and keeps an earlier export', () => {
    writeExport('one').commit();
    let left = 10;
    const folder = openExportFolder(out, (file, bytes) => {
      left -= bytes.length;
      if (left < 0) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      writeAll(file, bytes);
    });
    expect(() => folder.write('encoder.onnx', [model])).toThrow(
      expect.objectContaining({ code: 'disk-full', details: { folder: out } }) as Error,
    );
    folder.discard();
    expect(readdirSync(parent)).toEqual(['out']);
    expect(readFileSync(join(out, 'MODEL_CARD.md'), 'utf8')).toBe('one');
  });

  it('finishes what a killed export left', () => {
    const [staged, replaced] = ['partial', 'replaced'].map((end) => join(parent, `.out.genoise-${end}`));
    writeExport('one').commit();
    mkdirSync(staged);
    writeFileSync(join(staged, 'half'), '');
    // Killed between the two renames: the earlier export is put back before anything else.
    mkdirSync(replaced);
    writeFileSync(join(replaced, 'MODEL_CARD.md'), 'old');
    writeExport('two').commit();
    expect(readdirSync(parent)).toEqual(['out']);
    expect(readFileSync(join(out, 'MODEL_CARD.md'), 'utf8')).toBe('two');
  });
});
