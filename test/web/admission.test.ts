import { describe, expect, it } from 'vitest';
import { connect, fakeApplication, openDoor, rawRequest, token } from './openDoor.ts';

describe('who is let in by the browser door', () => {
  it('exchanges the token for a cookie and leads on to an address without it', async () => {
    const door = await openDoor(fakeApplication());
    expect(door.address).toBe(`${door.origin}/?token=${token}`);
    const answer = await fetch(door.address, { redirect: 'manual' });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/');
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
    const page = await fetch(door.origin, { headers: { cookie: cookie.split(';')[0] } });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('Genoise');
  });

  it('makes up another token for each door', async () => {
    const doors = [
      await openDoor(fakeApplication(), { token: undefined }),
      await openDoor(fakeApplication()),
    ];
    const other = await openDoor(fakeApplication(), { token: undefined });
    const [first] = doors;
    const wordOf = (address: string): string => new URL(address).searchParams.get('token') ?? '';
    expect(wordOf(first.address)).toHaveLength(43);
    expect(wordOf(other.address)).not.toBe(wordOf(first.address));
  });

  it.each([
    ['a wrong token', '/?token=wrong', {}],
    ['an empty token', '/?token=', {}],
    ['no cookie', '/', {}],
    ['a cookie of another value', '/', { cookie: 'genoise-PORT=wrong' }],
    ['a cookie of another name', '/', { cookie: 'other=the-secret' }],
    ['the token at another place', `/assets/main-abc123.js?token=${token}`, {}],
    ['no cookie for a picture', '/image/1/thumbnail', {}],
  ])('refuses %s', async (_what, path, headers: { cookie?: string }) => {
    const door = await openDoor(fakeApplication());
    const cookie = headers.cookie?.replace('PORT', String(door.port));
    const answer = await rawRequest(door.port, path, cookie === undefined ? {} : { cookie });
    expect(answer.status).toBe(401);
    expect(answer.text).toContain('Open the address that Genoise printed');
  });

  it('sends those who are in already on to the clean address', async () => {
    const door = await openDoor(fakeApplication());
    const answer = await fetch(`${door.origin}/?token=of-yesterday`, {
      headers: door.headers,
      redirect: 'manual',
    });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
  });

  it.each(['evil.example', 'evil.example:PORT', '127.0.0.1.evil.example', 'localhost@evil.example'])(
    'refuses the host "%s", whose name somebody may have made to point here',
    async (name) => {
      const door = await openDoor(fakeApplication());
      const host = name.replace('PORT', String(door.port));
      const { cookie } = door.headers;
      for (const path of ['/', `/?token=${token}`, '/image/1/thumbnail', '/upload']) {
        const answer = await rawRequest(door.port, path, { host, cookie });
        expect([path, answer.status]).toEqual([path, 403]);
      }
      await expect(connect(door, { host, origin: `http://${host}` })).rejects.toThrow('status 403');
    },
  );

  it.each(['localhost', '127.0.0.1', '[::1]', 'LOCALHOST'])('knows itself as "%s"', async (name) => {
    const door = await openDoor(fakeApplication());
    const host = `${name}:${door.port}`;
    const { cookie } = door.headers;
    expect((await rawRequest(door.port, '/', { host, cookie })).status).toBe(200);
  });

  it('knows itself behind a tunnel, which changes the port', async () => {
    const door = await openDoor(fakeApplication());
    const { cookie } = door.headers;
    const host = 'localhost:9000';
    expect((await rawRequest(door.port, '/', { host, cookie, origin: `http://${host}` })).status).toBe(200);
  });

  it.each([
    'http://evil.example',
    'null',
    'http://127.0.0.1:1',
    'http://localhost:PORT',
    'https://127.0.0.1:PORT',
  ])('refuses requests that a page of %s makes', async (text) => {
    const door = await openDoor(fakeApplication());
    const origin = text.replace('PORT', String(door.port));
    const { cookie } = door.headers;
    const get = await rawRequest(door.port, '/', { cookie, origin });
    const post = await rawRequest(door.port, '/upload?batch=12345678&path=a.jpg', { cookie, origin }, 'POST');
    expect([get.status, post.status]).toEqual([403, 403]);
    await expect(connect(door, { origin })).rejects.toThrow('status 403');
  });

  it('refuses what changes something, and sockets, when no origin is told', async () => {
    const door = await openDoor(fakeApplication());
    const { cookie } = door.headers;
    expect((await rawRequest(door.port, '/upload', { cookie }, 'POST')).status).toBe(403);
    const upgrade = {
      ...{ connection: 'Upgrade', upgrade: 'websocket' },
      ...{ 'sec-websocket-version': '13', 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==' },
    };
    expect((await rawRequest(door.port, '/socket', { cookie, ...upgrade })).status).toBe(403);
  });

  it('refuses pictures and scripts to other pages, but lets a link be followed', async () => {
    const door = await openDoor(fakeApplication());
    const { cookie } = door.headers;
    const other = { cookie, 'sec-fetch-site': 'cross-site' };
    const image = { ...other, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };
    const frame = { ...other, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' };
    const link = { ...other, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect((await rawRequest(door.port, '/image/1/thumbnail', image)).status).toBe(403);
    expect((await rawRequest(door.port, '/', frame)).status).toBe(403);
    expect((await rawRequest(door.port, '/', link)).status).toBe(200);
  });

  it('lets no socket in without the cookie, or elsewhere than at its address', async () => {
    const door = await openDoor(fakeApplication());
    await expect(connect(door, { cookie: '' })).rejects.toThrow('status 401');
    const { cookie, origin } = door.headers;
    const upgrade = {
      ...{ connection: 'Upgrade', upgrade: 'websocket', cookie, origin },
      ...{ 'sec-websocket-version': '13', 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==' },
    };
    expect((await rawRequest(door.port, '/', upgrade)).status).toBe(404);
  });
});
