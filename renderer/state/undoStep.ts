import { api } from '../api.ts';
import { notices, type NoticeAction } from './notices.svelte.ts';

/**
 * The button of a notice that undoes what the notice tells of, and never anything else.
 * @param changeId the step of the history; null: nothing was changed, so that there is no button
 */
export function undoStep(changeId: number | null): NoticeAction | undefined {
  if (changeId === null) return undefined;
  return { label: 'Undo', run: () => void undo(changeId).catch((error: unknown) => notices.fail(error)) };
}

async function undo(changeId: number): Promise<void> {
  const step = await api.call('labels.undo', { only: changeId });
  if (step !== null) notices.say('Undone.');
  else
    notices.say(
      'Nothing was undone: you have undone this already, or did something else since. On the Label screen you can ' +
        'undo step by step.',
    );
}
