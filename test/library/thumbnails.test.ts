import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeImportBatch } from '../../main/library/images.ts';
import { openProject, openProjectReadOnly } from '../../main/library/project.ts';
import { getThumbnail, writeThumbnails } from '../../main/library/thumbnails.ts';
import type { ImageId } from '../../shared/records.ts';
import { importedImage } from '../helpers/importedImage.ts';
import { emptyProject } from '../helpers/projectWithImages.ts';

describe('thumbnails', () => {
  it('belong to contents: copies share one, and a damaged file of them is replaced', () => {
    const project = emptyProject();
    const images = [
      importedImage('a.jpg', 0),
      importedImage('copy.jpg', 0, 'a.jpg'),
      importedImage('b.jpg', 1),
    ];
    const thumbnails = [{ slot: 0, type: 'image/jpeg', bytes: Uint8Array.of(1, 2, 3) }];
    writeThumbnails(project.db, { images, missing: [], thumbnails });
    writeImportBatch(project.db, { images, missing: [] });
    const read = (id: number) => getThumbnail(project.db, id as ImageId);
    expect([...(read(1)?.bytes ?? [])]).toEqual([1, 2, 3]);
    expect(read(2)).toEqual(read(1));
    expect(read(3)).toBeNull();
    const reader = openProjectReadOnly(project.folder);
    expect(getThumbnail(reader.db, 1 as ImageId)?.type).toBe('image/jpeg');
    reader.close();
    project.close();
    writeFileSync(join(project.folder, 'thumbnails.db'), 'x'.repeat(9000));
    const again = openProject(project.folder);
    expect(getThumbnail(again.db, 1 as ImageId)).toBeNull();
    writeThumbnails(again.db, { images, missing: [], thumbnails });
    expect(getThumbnail(again.db, 1 as ImageId)).not.toBeNull();
    // Damaged while it is in use: not there, and written anew by the next import.
    again.db.pragma('thumbnails.wal_checkpoint(TRUNCATE)');
    again.db.pragma('thumbnails.cache_size = 0');
    writeFileSync(join(project.folder, 'thumbnails.db'), Buffer.alloc(3 * 4096, 0xa5), { flag: 'r+' });
    expect(getThumbnail(again.db, 1 as ImageId)).toBeNull();
    writeThumbnails(again.db, { images, missing: [], thumbnails });
    expect(getThumbnail(again.db, 1 as ImageId)).not.toBeNull();
    again.close();
  });
});
