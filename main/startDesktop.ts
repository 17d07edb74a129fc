import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Electron, or why there is none: a sentence for people. */
export type Desktop =
  | { readonly kind: 'found'; readonly binary: string; readonly root: string }
  | { readonly kind: 'missing'; readonly reason: string };

/**
 * Looks for what the desktop application needs.
 * @param root of the repository
 */
export function findDesktop(root: string): Desktop {
  const electron = join(root, 'node_modules', 'electron');
  const binary = electronBinary(electron);
  if (binary === null) {
    return { kind: 'missing', reason: 'The desktop window needs Electron, which could not be downloaded.' };
  }
  return { kind: 'found', binary, root };
}

/** As Electron's own package finds it: its name for this system stands in `path.txt`, once it was downloaded. */
function electronBinary(electron: string): string | null {
  const name = join(electron, 'path.txt');
  if (!existsSync(name)) return null;
  const binary = join(electron, 'dist', readFileSync(name, 'utf8').trim());
  return existsSync(binary) ? binary : null;
}

export interface DesktopRun {
  readonly project: string | null;
  readonly signal: AbortSignal;
}

/** Runs the desktop application, whose entry `package.json` names, to its end; the signal asks it to close, which saves. */
export async function runDesktop(
  { binary, root }: Extract<Desktop, { kind: 'found' }>,
  { project, signal }: DesktopRun,
): Promise<void> {
  const words = project === null ? [] : [project];
  const child = spawn(binary, [root, ...words], { cwd: root, stdio: 'inherit' });
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  signal.removeEventListener('abort', stop);
  if (status !== null && status !== 0) process.exitCode = status;
}
