import { writeFileSync } from 'node:fs';
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
      return name === 'été.onnx' ? file : null;
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

it.each(['/download/7/other.onnx', '/download/7/..%2Fsecret.txt', '/download/x/a', '/download/7/%E0%A4%A'])(
  'has nothing at %s',
  async (path) => {
    const { origin, headers } = await openDoor(fakeApplication());
    expect((await fetch(origin + path, { headers })).status).toBe(404);
  },
);
