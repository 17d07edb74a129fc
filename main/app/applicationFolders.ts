import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ApplicationOptions } from './context.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where the application keeps what is its own, and the home in which folders are chosen: where the system puts such
 * things, or what GENOISE_DATA and GENOISE_HOME say.
 */
export function applicationFolders(
  environment: Environment = process.env,
  system: NodeJS.Platform = process.platform,
): Pick<ApplicationOptions, 'dataFolder' | 'home'> {
  const { GENOISE_DATA: data, GENOISE_HOME } = environment;
  const home = resolve(GENOISE_HOME ?? homedir());
  return { home, dataFolder: data === undefined ? usualFolder(environment, system, home) : resolve(data) };
}

function usualFolder(environment: Environment, system: NodeJS.Platform, home: string): string {
  if (system === 'darwin') return join(home, 'Library', 'Application Support', 'Genoise');
  if (system === 'win32') return join(environment.APPDATA ?? join(home, 'AppData', 'Roaming'), 'Genoise');
  return join(environment.XDG_DATA_HOME ?? join(home, '.local', 'share'), 'genoise');
}
