import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { uploadFiles } from '../../renderer/transport/uploadFiles.ts';
import { fakeApplication, openDoor, until, type OpenDoor } from './openDoor.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import type { DroppedFile, DroppedFiles, UploadProgress } from '../../renderer/transport/transport.ts';

interface Place {
  readonly projectsFolder: string;
  readonly door: OpenDoor;
  readonly openAgain: () => Promise<OpenDoor>;
}

/** A door, and `fetch` as a page of it has it: addresses are the door's, the cookie goes along. */
async function openPlace(): Promise<Place> {
  const projectsFolder = temporaryFolder();
  const application = fakeApplication({
    call: async (name) => (name === 'settings.read' ? { projectsFolder } : null),
  });
  const door = await openDoor(application);
  const real = globalThis.fetch;
  vi.stubGlobal('fetch', (path: string, options: RequestInit) =>
    real(door.origin + path, { ...options, headers: door.headers }),
  );
  onTestFinished(() => void vi.unstubAllGlobals());
  return { projectsFolder, door, openAgain: () => openDoor(application, { port: door.port }) };
}

/** A drop of so many files; after `held` of them its folder is walked on only when `gate` opens. */
function drop(count: number, held = count, gate: Promise<void> = Promise.resolve()): DroppedFiles {
  return {
    items: [],
    async *walk(): AsyncGenerator<DroppedFile> {
      for (let number = 0; number < count; number++) {
        if (number === held) await gate;
        const file = new File([`content ${number}`], `${number}.jpg`);
        yield { path: number % 2 === 0 ? `a/${number}.jpg` : `b/${number}.jpg`, file };
      }
    },
  };
}

describe('a drop as the page sends it', () => {
  it('tells its folders while most of it is still to come, and its progress to the end', async () => {
    const { projectsFolder } = await openPlace();
    const gate = Promise.withResolvers<void>();
    const told: UploadProgress[] = [];
    const folders = await uploadFiles(drop(200, 60, gate.promise), (state) => told.push(state));
    expect([...folders].sort()).toEqual([
      join(projectsFolder, 'a', 'dropped', '1', 'a'),
      join(projectsFolder, 'a', 'dropped', '1', 'b'),
    ]);
    expect(told.at(-1)?.done).toBeLessThan(61);
    gate.resolve();
    await until(() => told.at(-1)?.done === 200 && told.at(-1)?.total === 200);
    // It is never told that all is done before it is.
    expect(told.every(({ done, total }) => done < total || done === 200)).toBe(true);
    expect(told.every(({ error }) => error === null)).toBe(true);
  });

  it('tells its folders soon where files come slowly, and at once where there are few', async () => {
    await openPlace();
    const gate = Promise.withResolvers<void>();
    expect(await uploadFiles(drop(10, 3, gate.promise), () => {})).toHaveLength(2);
    gate.resolve();
    expect(await uploadFiles(drop(1), () => {})).toHaveLength(1);
    expect(await uploadFiles(drop(0), () => {})).toEqual([]);
  });

  it('says so when another server takes the place of the one that began', async () => {
    const { door, openAgain } = await openPlace();
    const gate = Promise.withResolvers<void>();
    const told: UploadProgress[] = [];
    await uploadFiles(drop(100, 60, gate.promise), (state) => told.push(state));
    await door.close();
    await openAgain();
    gate.resolve();
    await until(() => told.at(-1)?.error?.code === 'drop-interrupted');
  });

  it('fails with what is wrong', async () => {
    await openPlace();
    const files = (paths: readonly string[]): DroppedFiles => ({
      items: [],
      async *walk() {
        for (const path of paths) yield { path, file: new File(['x'], 'x') };
      },
    });
    await expect(uploadFiles(files(['a/../1.jpg']), () => {})).rejects.toMatchObject({
      code: 'bad-file-name',
    });
  });
});
