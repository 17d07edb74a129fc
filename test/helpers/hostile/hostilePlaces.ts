import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plainPng } from '../sampleImage.ts';
import type { HostileFile } from './hostileFile.ts';

/** Good images in places, under names or at moments that make trouble. */
export async function hostilePlaces(): Promise<readonly HostileFile[]> {
  return [...(await names()), ...(await links()), ...(await moments())];
}

async function names(): Promise<readonly HostileFile[]> {
  const named: readonly (readonly [string, string | Buffer])[] = [
    ['name with spaces and quotes', `names/a "b" 'c' .png`],
    ['name with a line feed', 'names/line\nfeed.png'],
    ['name that looks like an option', 'names/-rf.png'],
    ['name of 255 bytes', `names/${'n'.repeat(251)}.png`],
    ['emoji and right-to-left letters', 'names/🦊 שלום.png'],
    ['name in a decomposed form', 'names/che\u0302ne.png'],
    ['name with a backslash', 'names/back\\slash.png'],
    ['name that is not UTF-8', Buffer.from('names/\xe9\xff.png', 'latin1')],
    ['name of Windows devices', 'names/CON.png'],
    ['100 folders deep', `names/${'d/'.repeat(100)}deep.png`],
    ['folder named as an image', 'names/album.jpg/inside.png'],
  ];
  return Promise.all(
    named.map(async ([kind, name], i): Promise<HostileFile> => {
      const png = await plainPng(i, 1, 1);
      return { kind, name, write: (path) => writeFileSync(path, png), expected: 'ready' };
    }),
  );
}

async function links(): Promise<readonly HostileFile[]> {
  const png = await plainPng(1, 2, 3);
  const link = (
    kind: string,
    name: string,
    target: string,
    expected: HostileFile['expected'],
  ): HostileFile => ({
    kind,
    name: `links/${name}`,
    write: (path) => symlinkSync(target, path),
    expected,
  });
  return [
    {
      kind: 'target of links',
      name: 'links/target.png',
      write: (path) => writeFileSync(path, png),
      expected: 'ready',
    },
    link('link to an image', 'to.png', 'target.png', 'ready'),
    {
      kind: 'second name of the same file',
      name: 'links/hard.png',
      write: (path, folder) => linkSync(join(folder, 'links/target.png'), path),
      expected: 'ready',
    },
    link('link to nothing', 'nothing.png', 'absent.png', /link to one that is not there/),
    link('link to itself', 'self.png', 'self.png', /leads in a circle/),
    link('link to a link to itself', 'self2.png', 'self.png', /leads in a circle/),
    link('link to its own folder', 'up', '.', null),
    link('link to a device that never ends', 'zero.png', '/dev/zero', /no regular file/),
    {
      kind: 'pipe that nobody writes to',
      name: 'links/pipe.png',
      write: (path) => execFileSync('mkfifo', [path.toString()]),
      expected: /no regular file/,
    },
  ];
}

async function moments(): Promise<readonly HostileFile[]> {
  const png = await plainPng(3, 2, 1);
  const image = (
    kind: string,
    name: string,
    rest: Pick<HostileFile, 'expected' | 'meanwhile'>,
    mode = 0o644,
  ): HostileFile => ({
    kind,
    name: `moments/${name}`,
    write: (path) => {
      writeFileSync(path, Buffer.concat([png, Buffer.from(name)]));
      chmodSync(path, mode);
    },
    ...rest,
  });
  return [
    image('read-only file', 'readonly.png', { expected: 'ready' }, 0o444),
    image('file that you may not read', 'secret.png', { expected: /not allowed to read it/ }, 0),
    image('vanishes after the scan', 'gone.png', {
      expected: /the file is gone/,
      meanwhile: (path) => rmSync(path),
    }),
    image('is emptied after the scan', 'emptied.png', {
      expected: /the file is empty/,
      meanwhile: (path) => truncateSync(path),
    }),
    image('becomes a folder after the scan', 'folder.png', {
      expected: /folder|no regular file/,
      meanwhile: (path) => {
        rmSync(path);
        mkdirSync(path);
      },
    }),
    image('grows after the scan', 'grown.png', {
      expected: 'ready',
      meanwhile: (path) => writeFileSync(path, 'more', { flag: 'a' }),
    }),
    image('becomes something else after the scan', 'other.png', {
      expected: /not an image/,
      meanwhile: (path) => writeFileSync(path, 'words'),
    }),
  ];
}
