import { existsSync } from 'node:fs';

const places = [process.env.GENOISE_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'];

/** Where Chromium lies on this machine; undefined where there is none. */
export const chromiumExecutable = places.find((place) => place !== undefined && existsSync(place));
