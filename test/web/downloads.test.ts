import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fakeApplication, openDoor } from './openDoor.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

it('hands out files of exports as files to keep, and to admitted browsers only', async () => {
  const file = join(temporaryFolder(), 'classifier.onnx');
  writeFileSync(file, 'a model');
  const asked: (readonly [number, string])[] = [];
  const application = fakeApplication({
    exportedFile: async (id, name) => {
      asked.push([id, name]);
      return name === 'été.onnx' ? { path: file, isFolder: false } : null;
    },
  });
  const { origin, headers } = await openDoor(application);
  const address = `${origin}/download/7/${encodeURIComponent('été.onnx')}`;

  expect((await fetch(address)).status).toBe(401);
  expect(asked).toEqual([]);

  const answer = await fetch(address, { headers });
  expect(answer.status).toBe(200);
  expect(await answer.text()).toBe('a model');
  expect(answer.headers.get('content-type')).toBe('application/octet-stream');
  expect(answer.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''%C3%A9t%C3%A9.onnx");
  expect(asked).toEqual([[7, 'été.onnx']]);
  const head = await fetch(address, { method: 'HEAD', headers });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '7']);
});

it('hands out a folder with all that is in it as one archive', async () => {
  const folder = join(temporaryFolder(), 'labels');
  mkdirSync(join(folder, 'oak'), { recursive: true });
  writeFileSync(join(folder, 'oak', 'é 1.txt'), 'bark '.repeat(1000));
  writeFileSync(join(folder, 'list.csv'), 'a,b');
  const application = fakeApplication({
    exportedFile: async (_, name) => (name === 'labels.zip' ? { path: folder, isFolder: true } : null),
  });
  const { origin, headers } = await openDoor(application);
  const answer = await fetch(`${origin}/download/7/labels.zip`, { headers });
  expect(answer.headers.get('content-disposition')).toContain('labels.zip');
  const archive = join(temporaryFolder(), 'labels.zip');
  writeFileSync(archive, Buffer.from(await answer.arrayBuffer()));
  // Another program unpacks it.
  const unpacked = temporaryFolder();
  const script = 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])';
  execFileSync('python3', ['-c', script, archive, unpacked]);
  expect(readFileSync(join(unpacked, 'labels', 'oak', 'é 1.txt'), 'utf8')).toBe('bark '.repeat(1000));
  expect(readFileSync(join(unpacked, 'labels', 'list.csv'), 'utf8')).toBe('a,b');
});

it.each(['/download/7/other.onnx', '/download/7/..%2Fsecret.txt', '/download/x/a', '/download/7/%E0%A4%A'])(
  'has nothing at %s',
  async (path) => {
    const { origin, headers } = await openDoor(fakeApplication());
    expect((await fetch(origin + path, { headers })).status).toBe(404);
  },
);
