import { renameSync } from 'node:fs';
import { settings as settingsSchema, type Settings } from '../../shared/contract/settingsCommands.ts';
import { readJson, writeJson } from './jsonFile.ts';

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
