import { readFile } from 'node:fs/promises';
import { extname, isAbsolute, join, relative } from 'node:path';
import { protocol } from 'electron';
import { appScheme, imageScheme, isOwnPage } from './addresses.ts';
import { contentPolicy } from './contentPolicy.ts';
import { isShownType } from '../../shared/shownFormats.ts';
import type { Application } from '../app/application.ts';
import type { ImageId } from '../../shared/records.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

const pageHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

/** `image://7/thumbnail`: opaque ids, never paths. What follows `?` only tells apart what the page has shown before. */
const picturePattern = /^image:\/\/([1-9]\d{0,14})\/(thumbnail|full)(?:\?of=[\w-]{0,40})?$/;

/** Before the application is ready: Electron asks for it then. */
export function registerSchemes(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
    // Not `standard`: the host of a standard scheme is taken for an address, and 7 read as 0.0.0.7.
    { scheme: imageScheme, privileges: { secure: true } },
  ]);
}

/**
 * Serves the pages under `app://genoise/` and the pictures under `image://<id>/<size>`.
 * @param rendererFolder holds the built pages
 */
export function serveSchemes(application: Pick<Application, 'readPicture'>, rendererFolder: string): void {
  protocol.handle(appScheme, ({ url, method }) => answerPage(rendererFolder, url, method));
  protocol.handle(imageScheme, ({ url }) => answerPicture(application, url));
}

async function answerPage(folder: string, address: string, method: string): Promise<Response> {
  if (!isOwnPage(address) || method !== 'GET') return refuse(403);
  const path = pathIn(folder, new URL(address).pathname);
  const type = path === null ? undefined : contentTypes[extname(path)];
  if (path === null || type === undefined) return refuse(404);
  try {
    const bytes = await readFile(path);
    return new Response(bytes, { headers: { ...pageHeaders, 'Content-Type': type } });
  } catch {
    return refuse(404);
  }
}

/** The file of a page's path; null for one that leads out of the folder. */
function pathIn(folder: string, pathname: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  if (decoded.includes('\0')) return null;
  const path = join(folder, decoded);
  const inside = relative(folder, path);
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? null : path;
}

async function answerPicture(
  application: Pick<Application, 'readPicture'>,
  address: string,
): Promise<Response> {
  const match = picturePattern.exec(address);
  if (match === null) return refuse(404);
  const [, id, size] = match;
  const picture = await application
    .readPicture(Number(id) as ImageId, size === 'full' ? 'full' : 'thumbnail')
    .catch(() => null);
  if (picture === null || !isShownType(picture.type)) return refuse(404);
  // Ids begin anew in each project, so a picture is not kept under its address.
  const headers = {
    'Content-Type': picture.type,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  };
  return new Response(new Uint8Array(picture.bytes), { headers });
}

function refuse(status: number): Response {
  return new Response(null, { status, headers: pageHeaders });
}
