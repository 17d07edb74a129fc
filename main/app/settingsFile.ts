import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { settings as settingsSchema, type Settings } from '../../shared/contract/settingsCommands.ts';

export interface SettingsFile {
  read(): Settings;
  /** Changes what is given, on disk when it returns. */
  change(change: Partial<Settings>): Settings;
}

/** Settings of the application, a JSON file. One that cannot be understood is kept beside and begun anew. */
export function openSettings(path: string, defaults: Pick<Settings, 'projectsFolder'>): SettingsFile {
  const usual: Settings = { theme: 'system', keys: {}, advance: true, ...defaults };
  let current: Settings = { ...usual, ...readJson(path) };
  const parsed = settingsSchema.safeParse(current);
  if (!parsed.success) {
    renameSync(path, `${path}.damaged`);
    current = usual;
  }
  return {
    read: () => current,
    change(change) {
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      current = settingsSchema.parse({ ...current, ...given });
      writeJson(path, current);
      return current;
    },
  };
}

/** The object in a JSON file; an empty one where there is no file, or none that can be understood. */
export function readJson(path: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Writes a JSON file as a whole or not at all. */
export function writeJson(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}
