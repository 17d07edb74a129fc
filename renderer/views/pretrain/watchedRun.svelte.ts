import { untrack } from 'svelte';
import { mergeTraining } from '../../../shared/mergeTraining.ts';
import { api } from '../../api.ts';
import { Query } from '../../state/query.svelte.ts';
import type { PretrainView } from '../../../shared/pretraining.ts';
import type { RunId } from '../../../shared/records.ts';

/** A run with all that is reported of it: read, and then kept up to date by what comes in. */
export class WatchedRun {
  readonly query: Query<PretrainView | null>;

  /** Make it while a component initialises. */
  constructor(run: () => RunId | null) {
    this.query = new Query(async () => {
      const id = run();
      return id === null ? null : api.call('pretrain.run', { run: id });
    }, ['runs']);
    $effect(() =>
      api.on('training', ({ runId, event }) => {
        const view = untrack(() => this.query.data);
        if (view?.run.id === runId) this.query.data = mergeTraining(view, event);
      }),
    );
  }

  get view(): PretrainView | null {
    return this.query.data ?? null;
  }
}
