import { afterAll, beforeAll, it } from 'vitest';
import { chromiumBrowser, launchChromium } from '../helpers/chromium.ts';
import { describeWith } from '../helpers/requirement.ts';
import { walkMainPath } from './mainPath.ts';
import { openPlace } from './place.ts';
import type { Browser } from '@playwright/test';

describeWith(chromiumBrowser, 'from a folder to a classifier, in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  it(
    'drops, pretrains, labels by keys, trains, exports, and runs what it exported',
    { timeout: 240_000 },
    async () => {
      await walkMainPath(await openPlace(browser));
    },
  );
});
