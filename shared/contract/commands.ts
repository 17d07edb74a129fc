import type { z } from 'zod';
import { exportCommands } from './exportCommands.ts';
import { folderCommands } from './folderCommands.ts';
import { imageCommands } from './imageCommands.ts';
import { jobCommands } from './jobCommands.ts';
import { labelCommands } from './labelCommands.ts';
import { pretrainCommands } from './pretrainCommands.ts';
import { projectCommands } from './projectCommands.ts';
import { settingsCommands } from './settingsCommands.ts';
import { trainCommands } from './trainCommands.ts';

/** Everything that a door can ask of the application: one list a screen. */
export const commands = {
  ...exportCommands,
  ...folderCommands,
  ...imageCommands,
  ...jobCommands,
  ...labelCommands,
  ...pretrainCommands,
  ...projectCommands,
  ...settingsCommands,
  ...trainCommands,
} satisfies Readonly<Record<string, { readonly request: z.ZodType; readonly result: z.ZodType }>>;

type Commands = typeof commands;
export type CommandName = keyof Commands;
export type CommandRequest<N extends CommandName> = z.output<Commands[N]['request']>;
export type CommandResult<N extends CommandName> = z.output<Commands[N]['result']>;
