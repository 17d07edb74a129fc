import type { CommandName } from '../../shared/contract/commands.ts';
import { folderHandlers } from './commands/folderHandlers.ts';
import { imageHandlers } from './commands/imageHandlers.ts';
import { jobHandlers } from './commands/jobHandlers.ts';
import { labelHandlers } from './commands/labelHandlers.ts';
import { projectHandlers } from './commands/projectHandlers.ts';
import { settingsHandlers } from './commands/settingsHandlers.ts';
import type { Handlers } from './handler.ts';

/** What answers every command of the contract; one table a screen. */
export const handlers: Handlers<CommandName> = {
  ...folderHandlers,
  ...imageHandlers,
  ...jobHandlers,
  ...labelHandlers,
  ...projectHandlers,
  ...settingsHandlers,
};
