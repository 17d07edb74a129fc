import type { Application } from './application.ts';
import type { CommandName, CommandRequest, CommandResult } from '../../shared/contract/commands.ts';

/** What a door itself asks of the application, which holds the result against the contract that gives its type. */
export async function ask<N extends CommandName>(
  application: Pick<Application, 'call'>,
  name: N,
  request: CommandRequest<N>,
): Promise<CommandResult<N>> {
  return (await application.call(name, request)) as CommandResult<N>;
}
