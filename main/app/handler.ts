import type { CommandName, CommandRequest, CommandResult } from '../../shared/contract/commands.ts';
import type { ApplicationContext } from './context.ts';

/** What answers one command. */
export type Handler<N extends CommandName> = (
  context: ApplicationContext,
  request: CommandRequest<N>,
) => Promise<CommandResult<N>>;

/** Answers for the commands of one list of the contract. */
export type Handlers<Names extends CommandName> = { readonly [N in Names]: Handler<N> };
