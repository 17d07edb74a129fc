import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, it, onTestFinished } from 'vitest';
import { walkMainPath } from '../e2e/mainPath.ts';
import { temporaryHome } from '../e2e/place.ts';
import { chromiumBrowser } from '../helpers/chromium.ts';
import { describeWith, requirement } from '../helpers/requirement.ts';
import { builtDesktop } from './builtDesktop.ts';
import { electronExecutable, openShell } from './openShell.ts';

const engine = electronExecutable() === null ? 'the stand-in for Electron' : 'Electron';
const needed = engine === 'Electron' ? requirement(engine, true, '') : chromiumBrowser;

console.log(`The main path in the desktop window is walked in ${engine}.`);

describeWith(needed, `from a folder to a classifier, in a window of ${engine}`, () => {
  beforeAll(builtDesktop);

  it('drops, pretrains, labels by keys, trains, exports, and runs what it exported', async () => {
    const home = temporaryHome();
    const dataFolder = join(home, '.genoise');
    mkdirSync(dataFolder);
    const shell = await openShell({ dataFolder, home });
    onTestFinished(() => shell.kill());
    await walkMainPath({
      door: shell.engine,
      home,
      get page() {
        return shell.page;
      },
      drop: (selector, paths) => shell.drop(selector, paths),
    });
  }, 240_000);
});
