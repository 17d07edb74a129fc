import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { uploadPath } from '../../main/web/uploadPath.ts';
import { createUploads } from '../../main/web/uploads.ts';
import { createServer } from 'node:http';
import { fakeApplication, openDoor, until, type FakeApplication, type OpenDoor } from './openDoor.ts';
import { errorCode } from '../helpers/errorCode.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

const batch = 'batch-0001';

interface Place {
  readonly application: FakeApplication;
  readonly projectsFolder: string;
  readonly door: OpenDoor;
}

/** A door whose application keeps its projects in a folder of the test. */
async function openPlace(project: string | null = null): Promise<Place> {
  const projectsFolder = join(temporaryFolder(), 'Genoise');
  const application = fakeApplication({
    call: async (name) => {
      if (name === 'project.current') return project === null ? null : { folder: project };
      return name === 'settings.read' ? { projectsFolder } : [];
    },
  });
  return { application, projectsFolder, door: await openDoor(application) };
}

interface Sent {
  readonly status: number;
  readonly folder?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

async function send(door: OpenDoor, path: string, content: string, drop = batch, more = {}): Promise<Sent> {
  const query = new URLSearchParams({ batch: drop, path, ...more });
  const answer = await fetch(`${door.origin}/upload?${query.toString()}`, {
    method: 'POST',
    headers: door.headers,
    body: content,
  });
  return { status: answer.status, ...((await answer.json()) as object) };
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

describe('dropped files', () => {
  it('are copied to where the project will lie, their folders kept', async () => {
    const { door, projectsFolder } = await openPlace();
    const first = await send(door, 'beach/2024/ü 1%.jpg', 'one');
    expect(first).toEqual({ status: 200, folder: join(projectsFolder, 'beach', 'dropped', '1', 'beach') });
    await send(door, 'beach/2.jpg', 'two');
    await send(door, 'wood/2.jpg', 'three');
    await send(door, 'alone.jpg', 'four');
    const folder = join(projectsFolder, 'beach', 'dropped', '1');
    expect(filesBelow(folder)).toEqual([
      'Dropped images/alone.jpg',
      'beach/2.jpg',
      'beach/2024/ü 1%.jpg',
      'wood/2.jpg',
    ]);
    expect(readFileSync(join(folder, 'wood', '2.jpg'), 'utf8')).toBe('three');
  });

  it('of another drop lie in another folder, those for an open project in it', async () => {
    const { door, projectsFolder } = await openPlace();
    await send(door, 'a/1.jpg', 'one');
    const second = await send(door, 'a/1.jpg', 'one', 'batch-0002');
    expect(second.folder).toBe(join(projectsFolder, 'a 2', 'dropped', '1', 'a'));
    const project = temporaryFolder();
    const open = await openPlace(project);
    await send(open.door, 'a/1.jpg', 'one');
    const third = await send(open.door, 'a/1.jpg', 'one', 'batch-0002');
    expect(third.folder).toBe(join(project, 'dropped', '2', 'a'));
    expect(existsSync(open.projectsFolder)).toBe(false);
  });

  it('of the same name are kept apart', async () => {
    const { door, projectsFolder } = await openPlace();
    await Promise.all(['one', 'two', 'three'].map((content) => send(door, 'a/1.jpg', content)));
    const folder = join(projectsFolder, 'a', 'dropped', '1', 'a');
    expect(filesBelow(folder)).toEqual(['1 (2).jpg', '1 (3).jpg', '1.jpg']);
    expect(
      filesBelow(folder)
        .map((name) => readFileSync(join(folder, name), 'utf8'))
        .sort(),
    ).toEqual(['one', 'two', 'three'].sort());
  });

  it.each([
    '../1.jpg',
    'a/../../1.jpg',
    '/etc/1.jpg',
    'a//1.jpg',
    'a/./1.jpg',
    '..',
    '',
    'a/',
    'a\0.jpg',
    'x'.repeat(300),
    'a/'.repeat(80) + '1.jpg',
  ])('do not leave their folder, nor break it: %j', async (path) => {
    const { door, projectsFolder } = await openPlace();
    const answer = await send(door, path, 'evil');
    expect([answer.status, answer.error?.code]).toEqual([400, 'bad-file-name']);
    expect(existsSync(projectsFolder)).toBe(false);
  });

  it.each(['', 'short', '../../../etc', 'x'.repeat(65)])('need a batch, and "%s" is none', async (drop) => {
    const { door } = await openPlace();
    const answer = await send(door, 'a.jpg', 'x', drop);
    expect([answer.status, answer.error?.code]).toEqual([400, 'bad-request']);
  });

  it('of a drop that an earlier server began are refused, not copied to nowhere', async () => {
    const { door, projectsFolder } = await openPlace();
    const answer = await send(door, 'a/2.jpg', 'x', batch, { more: '1' });
    expect([answer.status, answer.error?.code]).toEqual([409, 'drop-interrupted']);
    expect(existsSync(projectsFolder)).toBe(false);
    await send(door, 'a/1.jpg', 'x');
    expect((await send(door, 'a/2.jpg', 'x', batch, { more: '1' })).status).toBe(200);
  });

  it('get names that Windows takes, on Windows', async () => {
    expect(uploadPath('a:b/c\\d/con.jpg/e. ', 'win32')).toEqual(['a_b', 'c_d', '_con.jpg', 'e_']);
    expect(uploadPath('a:b/c\\d/con.jpg', 'linux')).toEqual(['a:b', 'c\\d', 'con.jpg']);
    expect(await errorCode(() => uploadPath('c/..', 'win32'))).toBe('bad-file-name');
  });

  it('are there only when whole, and gone when the connection dies', async () => {
    const { door, projectsFolder } = await openPlace();
    const query = new URLSearchParams({ batch, path: 'a/1.jpg' });
    const sending = httpRequest(`${door.origin}/upload?${query.toString()}`, {
      method: 'POST',
      headers: { ...door.headers, 'content-length': 1_000_000 },
    });
    sending.on('error', () => {});
    sending.write('x'.repeat(100_000));
    const incoming = join(projectsFolder, 'a', 'dropped', '1', '.incoming');
    await until(() => existsSync(incoming) && readdirSync(incoming).length === 1);
    expect(existsSync(join(projectsFolder, 'a', 'dropped', '1', 'a'))).toBe(false);
    sending.destroy();
    await until(() => readdirSync(incoming).length === 0);
    // The name is free again.
    await send(door, 'a/1.jpg', 'whole');
    expect(filesBelow(projectsFolder)).toEqual(['a/dropped/1/a/1.jpg']);
  });

  it('that cannot be written are refused in a sentence', async () => {
    const { door } = await openPlace();
    const { folder = '' } = await send(door, 'a/1.jpg', 'one');
    mkdirSync(join(folder, '2.jpg'));
    const asFolder = await send(door, 'a/2.jpg', 'two');
    expect(asFolder.error?.code).toBe('cannot-write');
    const belowFile = await send(door, 'a/1.jpg/3.jpg', 'three');
    expect(belowFile.error?.code).toBe('cannot-write');
    expect(filesBelow(folder)).toEqual(['1.jpg']);
  });

  it('are refused, or cut off, when the disk cannot take them', async () => {
    const projectsFolder = temporaryFolder();
    const application = fakeApplication({
      call: async (name) => (name === 'settings.read' ? { projectsFolder } : null),
    });
    const uploads = createUploads({ application, arrived: () => {}, free: async () => 1000 });
    const server = createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://door');
      void uploads.receive(searchParams, request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const post = async (path: string, chunks: readonly string[] | string): Promise<unknown> => {
      const body =
        typeof chunks === 'string' ? chunks : ReadableStream.from(chunks.map((c) => Buffer.from(c)));
      const answer = await fetch(
        `http://127.0.0.1:${port}/?${new URLSearchParams({ batch, path }).toString()}`,
        {
          ...{ method: 'POST', body, duplex: 'half' },
        },
      );
      return [answer.status, ((await answer.json()) as { error?: { code: string } }).error?.code];
    };
    try {
      expect(await post('a/1.jpg', 'x'.repeat(900))).toEqual([200, undefined]);
      expect(await post('a/2.jpg', 'x'.repeat(1100))).toEqual([507, 'disk-full']);
      // Nobody said how long it would be.
      expect(await post('a/3.jpg', ['x'.repeat(900), 'x'.repeat(200)])).toEqual([507, 'disk-full']);
      expect(filesBelow(projectsFolder)).toEqual(['a/dropped/1/a/1.jpg']);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
