import { api } from '../api.ts';
import { notices } from '../state/notices.svelte.ts';
import { route } from '../state/route.svelte.ts';

/**
 * Where the end of the application interrupted a pretraining, a fresh window shows it, and one that is somewhere already
 * says so; once each.
 */
export async function offerToGoOn(folder: string, isFresh: boolean): Promise<void> {
  // What cannot be asked now is told on the screen itself.
  const offer = await api.call('pretrain.options').catch(() => null);
  if (offer === null || offer.unfinished === null) return;
  const key = `genoise.offered ${folder} ${offer.unfinished}`;
  if (sessionStorage.getItem(key) !== null) return;
  sessionStorage.setItem(key, 'yes');
  if (route.screen === 'pretrain') return;
  if (isFresh && route.screen === 'images') {
    route.go('pretrain');
    return;
  }
  notices.say('The pretraining of this project was interrupted.', {
    label: 'Go on with it',
    run: () => route.go('pretrain'),
  });
}
