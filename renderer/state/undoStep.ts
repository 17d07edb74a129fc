import { api } from '../api.ts';
import { notices, type NoticeAction } from './notices.svelte.ts';

/**
 * The button of a notice that undoes what the notice tells of, and never anything else.
 * @param changeId the step of the history; null: nothing was changed, so that there is no button
 */
export function undoStep(changeId: number | null): NoticeAction | undefined {
  if (changeId === null) return undefined;
  const undo = async (): Promise<void> => {
    if (await undoChange(changeId)) notices.say('Undone.');
  };
  return { label: 'Undo', run: () => void undo().catch((error: unknown) => notices.fail(error)) };
}

/** Takes a step of the history back, if it is the last one that holds; else says why not. @returns whether it did */
export async function undoChange(changeId: number): Promise<boolean> {
  if ((await api.call('labels.undo', { only: changeId })) !== null) return true;
  notices.say(
    'Nothing was undone: you have undone this already, or did something else since. On the Label screen you can ' +
      'undo step by step.',
  );
  return false;
}
