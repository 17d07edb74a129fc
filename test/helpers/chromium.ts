import { chromium, type Browser } from '@playwright/test';
import { chromiumExecutable as executablePath } from './chromiumExecutable.ts';
import { requirement } from './requirement.ts';

export const chromiumBrowser = requirement(
  'Chromium',
  executablePath !== undefined,
  'apt-get install chromium (Debian), or name its executable in GENOISE_CHROMIUM',
);

/** Starts Chromium without a window, and without what it asks its makers for. */
export function launchChromium(args: readonly string[] = []): Promise<Browser> {
  if (executablePath === undefined) throw new Error('there is no Chromium on this machine');
  return chromium.launch({ executablePath, args: [...quiet, ...args] });
}

/** `--no-sandbox`: root, as in containers, has none. */
const quiet = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
