import { describe, expect, it } from 'vitest';
import { fakeApplication, openDoor, rawRequest } from './openDoor.ts';

describe('the pages', () => {
  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e%2fsecret.txt',
    '/assets/../../secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '//127.0.0.1/secret.txt',
    '/index.html%00.js',
    '/%',
    '/.%2e/.%2e/etc/passwd',
  ])('do not lead out of their folder by %s', async (path) => {
    const door = await openDoor(fakeApplication());
    const answer = await rawRequest(door.port, path, door.headers);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.text).not.toContain('secret');
  });

  it('may load from here and nowhere else', async () => {
    const door = await openDoor(fakeApplication());
    const { headers } = await fetch(door.origin, { headers: door.headers });
    const policy = headers.get('content-security-policy') ?? '';
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
    ]) {
      expect(policy.split('; ')).toContain(rule);
    }
    for (const rule of ["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"]) {
      expect(policy.split('; ')).toContain(rule);
    }
    expect(policy).not.toContain('unsafe');
    expect(policy).not.toContain('*');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('are asked for anew each time; files with a hash in their names are kept', async () => {
    const door = await openDoor(fakeApplication());
    const cachingOf = async (path: string): Promise<string | null> =>
      (await fetch(door.origin + path, { headers: door.headers })).headers.get('cache-control');
    expect(await cachingOf('/')).toBe('no-cache');
    expect(await cachingOf('/assets/main-abc123.js')).toMatch(/immutable/);
    expect(await cachingOf('/nothing')).toBe('no-store');
  });

  it('are read only', async () => {
    const door = await openDoor(fakeApplication());
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      expect((await rawRequest(door.port, '/', door.headers, method)).status).toBe(405);
    }
  });
});
