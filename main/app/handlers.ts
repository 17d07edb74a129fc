import type { CommandName } from '../../shared/contract/commands.ts';
import { exportHandlers } from './commands/exportHandlers.ts';
import { folderHandlers } from './commands/folderHandlers.ts';
import { imageHandlers } from './commands/imageHandlers.ts';
import { jobHandlers } from './commands/jobHandlers.ts';
import { labelHandlers } from './commands/labelHandlers.ts';
import { pretrainHandlers } from './commands/pretrainHandlers.ts';
import { projectHandlers } from './commands/projectHandlers.ts';
import { settingsHandlers } from './commands/settingsHandlers.ts';
import { trainHandlers } from './commands/trainHandlers.ts';
import type { Handlers } from './handler.ts';

/** What answers every command of the contract; one table a screen. */
export const handlers: Handlers<CommandName> = {
  ...exportHandlers,
  ...folderHandlers,
  ...imageHandlers,
  ...jobHandlers,
  ...labelHandlers,
  ...pretrainHandlers,
  ...projectHandlers,
  ...settingsHandlers,
  ...trainHandlers,
};
