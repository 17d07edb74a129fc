import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportLabels, type ExportedLabels } from '../../main/app/exportLabels.ts';
import { labelImages } from '../../main/app/labelImages.ts';
import { withLibrary, withReadOnlyLibrary } from '../../main/app/withLibrary.ts';
import { ensureClasses } from '../../main/library/classes.ts';
import { writeImportBatch } from '../../main/library/images.ts';
import { listLabels, setLabels } from '../../main/library/labels.ts';
import { createProject, openProject } from '../../main/library/project.ts';
import { ensureRoots } from '../../main/library/roots.ts';
import type { LabelFormat } from '../../shared/exports.ts';
import type { ImageId } from '../../shared/records.ts';
import { errorCode } from '../helpers/errorCode.ts';
import { importedImage } from '../helpers/importedImage.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

const odd = Buffer.from([0x66, 0xff, 0x2e, 0x6a]);

/** A closed project of two roots `a/photos` and `b/photos`, with files of the same path and of strange names. */
function project(): { folder: string; top: string; images: readonly (readonly [number, Buffer, string])[] } {
  const folder = temporaryFolder();
  const top = temporaryFolder();
  const { db, close } = createProject(folder, { seed: 's' });
  const images = [
    [0, Buffer.from('1.jpg'), 'oak'],
    [1, Buffer.from('1.jpg'), 'elm'],
    [0, Buffer.from('deep/er, "x"\nß.jpg'), 'oak'],
    [1, Buffer.from(' blank .jpg'), 'a/b'],
    [1, odd, 'elm'],
    [0, Buffer.from('not labelled.jpg'), ''],
  ] as const;
  const folders = ['a', 'b'].map((name) => join(top, name, 'photos'));
  for (const each of folders) mkdirSync(join(each, 'deep'), { recursive: true });
  const roots = ensureRoots(db, folders);
  const imported = images.map(([root, path], i) => {
    writeFileSync(Buffer.concat([Buffer.from(`${folders[root]}/`), path]), `picture ${i}`);
    const image = importedImage(path.toString(), i, `picture ${i}`);
    return { ...image, rootId: roots[root].id, relativePath: path };
  });
  writeImportBatch(db, { images: imported, missing: [] });
  for (const [i, [, , name]] of images.entries()) {
    if (name === '') continue;
    const [{ id: classId }] = ensureClasses(db, [name]);
    setLabels(db, [{ imageId: (i + 1) as ImageId, classId }], 'person');
  }
  close();
  return { folder, top, images };
}

function exported(folder: string, format: LabelFormat, out: string): Promise<ExportedLabels> {
  return withReadOnlyLibrary(folder, (library) => exportLabels(library, format, out));
}

function labelsOf(folder: string): unknown {
  const { db, close } = openProject(folder);
  const labels = listLabels(db).map(({ imageId, classId }) => [imageId, classId]);
  close();
  return labels;
}

describe('exported labels', () => {
  it('csv: come back into the project exactly as they were', async () => {
    const { folder, top } = project();
    const before = labelsOf(folder);
    const out = join(top, 'labels.csv');
    expect(await exported(folder, 'csv', out)).toMatchObject({ labels: 5, skipped: [] });
    const { db, close } = openProject(folder);
    setLabels(
      db,
      [1, 2, 3, 4, 5].map((id) => ({ imageId: id as ImageId, classId: null })),
      'person',
    );
    close();
    expect(labelsOf(folder)).toEqual([]);
    const source = { kind: 'csv', file: out } as const;
    const labelled = await withLibrary(folder, (library) => labelImages(library, { source }));
    expect(labelled).toMatchObject({ given: 5, changed: 5 });
    expect(labelsOf(folder)).toEqual(before);
    const [header, first] = readFileSync(out, 'utf8').split('\n');
    expect(header).toBe('file,label,root,held_out,bytes');
    // The same path lies below both roots: only the whole one says which.
    expect(first).toContain(`${join(top, 'a/photos')}/1.jpg,oak,`);
  });

  it('imagefolder: copies by class, those of the same name in different roots apart', async () => {
    const { folder, top } = project();
    const out = join(top, 'out');
    rmSync(join(top, 'a/photos/deep'), { recursive: true });
    const done = await exported(folder, 'imagefolder', out);
    expect(done).toMatchObject({ labels: 4, skipped: [{ reason: 'it is gone' }] });
    expect(readdirSync(out).sort()).toEqual(['a_b', 'elm', 'oak']);
    const text = (path: string | Buffer): string => readFileSync(path, 'utf8');
    expect(text(join(out, 'oak/photos/1.jpg'))).toBe('picture 0');
    expect(text(join(out, 'elm/photos-2/1.jpg'))).toBe('picture 1');
    expect(text(join(out, 'a_b/photos-2/ blank .jpg'))).toBe('picture 3');
    expect(text(Buffer.concat([Buffer.from(join(out, 'elm/photos-2/')), odd]))).toBe('picture 4');
    expect(text(join(top, 'b/photos/1.jpg'))).toBe('picture 1');
    expect(await errorCode(() => exported(folder, 'imagefolder', out))).toBe('folder-not-empty');
  });

  it('coco: one file whose images, categories and annotations belong together', async () => {
    const { folder, top } = project();
    const out = join(top, 'new', 'coco.json');
    await exported(folder, 'coco', out);
    const coco = JSON.parse(readFileSync(out, 'utf8')) as {
      images: { id: number; file_name: string; width: number }[];
      annotations: { image_id: number; category_id: number; bbox: number[] }[];
      categories: { id: number; name: string }[];
    };
    const named = coco.annotations.map(({ image_id, category_id, bbox }) => {
      expect(bbox).toEqual([0, 0, 64, 48]);
      const image = coco.images.find(({ id }) => id === image_id);
      return [image?.file_name, coco.categories.find(({ id }) => id === category_id)?.name];
    });
    expect(named.slice(0, 3)).toEqual([
      ['photos/1.jpg', 'oak'],
      ['photos-2/1.jpg', 'elm'],
      ['photos/deep/er, "x"\nß.jpg', 'oak'],
    ]);
  });

  it('are refused where there are none', async () => {
    const folder = temporaryFolder();
    createProject(folder).close();
    expect(await errorCode(() => exported(folder, 'csv', join(folder, 'x.csv')))).toBe('no-labels');
  });
});
