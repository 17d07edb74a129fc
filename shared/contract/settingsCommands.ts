import { z } from 'zod';
import { command, nothing } from './command.ts';

/** What a person has set for all projects. */
export interface Settings {
  readonly theme: 'system' | 'light' | 'dark';
  /** Keys that differ from the usual ones, by the action's name; null: no key. */
  readonly keys: Readonly<Record<string, string | null>>;
  /** Where new projects are made. Absolute. */
  readonly projectsFolder: string;
  /** Whether labelling goes on to the next image by itself. */
  readonly advance: boolean;
}

export const settings: z.ZodType<Settings> = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  keys: z.record(z.string(), z.string().nullable()),
  projectsFolder: z.string(),
  advance: z.boolean(),
});

const change = z.object({
  theme: z.enum(['system', 'light', 'dark']).optional(),
  keys: z.record(z.string(), z.string().nullable()).optional(),
  projectsFolder: z.string().optional(),
  advance: z.boolean().optional(),
});

export const settingsCommands = {
  'settings.read': command(nothing, settings),
  'settings.change': command(change, settings),
  /** Projects in the projects folder and their size on disk, in bytes. */
  'settings.storage': command(
    nothing,
    z.array(z.object({ folder: z.string(), name: z.string(), bytes: z.number() })),
  ),
  /** What this application is and what it runs on. */
  'settings.about': command(
    nothing,
    z.object({ version: z.string(), door: z.enum(['desktop', 'browser']), devices: z.array(z.string()) }),
  ),
};
