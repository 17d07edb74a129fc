import { inTransaction, prepared, type ReadableDatabase, type WritableDatabase } from './database.ts';

/** What was decided when the project was made. */
export interface ProjectSettings {
  /** Decides, with an image's content, whether the image is held out. */
  readonly seed: string;
  /** Share of the images to hold out for testing, 0 to 0.5. */
  readonly heldOutFraction: number;
}

/** The project's settings. */
export function getSettings(db: ReadableDatabase): ProjectSettings {
  return { seed: setting(db, 'seed'), heldOutFraction: Number(setting(db, 'heldOutFraction')) };
}

/** Writes those settings that the project does not have yet. */
export function initialiseSettings(db: WritableDatabase, settings: ProjectSettings): void {
  const insert = prepared(db, 'INSERT OR IGNORE INTO settings (key, value) VALUES (?, ?)');
  inTransaction(db, () => {
    for (const [key, value] of Object.entries(settings)) insert.run(key, String(value));
  });
}

function setting(db: ReadableDatabase, key: keyof ProjectSettings): string {
  const row = prepared<{ value: string }>(db, 'SELECT value FROM settings WHERE key = ?').get(key);
  if (row === undefined) throw new Error(`the project has no setting "${key}"`);
  return row.value;
}
