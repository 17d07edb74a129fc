import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const pattern = /^[\w-]{43}$/;

/**
 * What the cookies of this person's browsers hold. It is kept, readable by them alone, so that pages that are open
 * come back by themselves when Genoise is started again.
 */
export function doorSecret(dataFolder: string): string {
  const path = join(dataFolder, 'browser-secret');
  const kept = read(path);
  if (pattern.test(kept)) return kept;
  const secret = randomBytes(32).toString('base64url');
  mkdirSync(dataFolder, { recursive: true });
  writeFileSync(path, secret, { mode: 0o600 });
  return secret;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
