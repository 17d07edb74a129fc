import { describe, expect, it } from 'vitest';
import { connect, fakeApplication, openDoor, rawRequest, until } from './openDoor.ts';
import type { Picture } from '../../main/app/application.ts';

const jpeg = (text: string): Picture => ({ type: 'image/jpeg', bytes: Buffer.from(text) });

describe('pictures', () => {
  it('are sent once, and again only when they have changed', async () => {
    let content = 'one';
    const door = await openDoor(
      fakeApplication({ readPicture: async (id, size) => jpeg(`${id} ${size} ${content}`) }),
    );
    const address = `${door.origin}/image/7/thumbnail`;
    const first = await fetch(address, { headers: door.headers });
    expect(first.headers.get('content-type')).toBe('image/jpeg');
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    expect(await first.text()).toBe('7 thumbnail one');
    const known = { ...door.headers, 'if-none-match': first.headers.get('etag') ?? '' };
    const second = await fetch(address, { headers: known });
    expect([second.status, await second.text()]).toEqual([304, '']);
    content = 'two';
    const third = await fetch(address, { headers: known });
    expect([third.status, await third.text()]).toEqual([200, '7 thumbnail two']);
  });

  it.each([
    '/image/0/thumbnail',
    '/image/-1/full',
    '/image/1/huge',
    '/image/1',
    '/image/1e3/full',
    '/image/..%2f1/thumbnail',
    '/image/1/../../secret.txt',
    '/image/99999999999999999999/full',
    '/image/1/thumbnail/x',
  ])('are none at %s', async (path) => {
    const application = fakeApplication({ readPicture: async () => jpeg('a view of Rome') });
    const door = await openDoor(application);
    const answer = await rawRequest(door.port, path, door.headers);
    expect(answer.status).toBe(404);
    expect(answer.text).not.toContain('Rome');
  });

  it.each([
    ['which is not there', async () => null],
    ['which cannot be read', async () => Promise.reject(new Error('gone'))],
    ['which is a document', async () => ({ type: 'image/svg+xml', bytes: Buffer.from('<svg/>') })],
  ])('of an image %s are not found', async (_what, readPicture) => {
    const door = await openDoor(fakeApplication({ readPicture }));
    expect((await rawRequest(door.port, '/image/1/full', door.headers)).status).toBe(404);
  });

  it('are not read for rows that were scrolled away', async () => {
    const gate = Promise.withResolvers<void>();
    const read: number[] = [];
    const door = await openDoor(
      fakeApplication({
        readPicture: async (id) => {
          read.push(id);
          await gate.promise;
          return jpeg(String(id));
        },
      }),
    );
    const given = new AbortController();
    const asked = (id: number, signal?: AbortSignal): Promise<string> =>
      fetch(`${door.origin}/image/${id}/thumbnail`, {
        headers: door.headers,
        ...(signal && { signal }),
      }).then((answer) => answer.text());
    const first = Array.from({ length: 8 }, (_, i) => asked(i + 1));
    await until(() => read.length === 8);
    const away = Array.from({ length: 50 }, (_, i) => asked(100 + i, given.signal));
    const kept = asked(999);
    await new Promise((resolve) => setTimeout(resolve, 100));
    given.abort();
    await Promise.allSettled(away);
    await new Promise((resolve) => setTimeout(resolve, 500));
    gate.resolve();
    expect(await kept).toBe('999');
    await Promise.all(first);
    expect(read).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 999]);
  });

  it('of a grid do not hold up a question', async () => {
    const door = await openDoor(
      fakeApplication({
        readPicture: async (id) => {
          await new Promise((resolve) => setTimeout(resolve, 2));
          return jpeg(String(id).repeat(3000));
        },
      }),
    );
    const page = await connect(door);
    const pictures = Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        fetch(`${door.origin}/image/${i + 1}/thumbnail`, { headers: door.headers }).then((a) =>
          a.arrayBuffer(),
        ),
      ),
    );
    page.ask(1, 'a');
    await page.frame(({ id }) => id === 1);
    expect(await pictures).toHaveLength(200);
  });
});
