import { finishDecisions } from './decideImages.ts';
import type { Library } from '../library/client.ts';
import type { ApplicationContext } from './context.ts';

/**
 * Finishes in the background what a killed import has left in a project that was just opened; nothing where it has left
 * nothing. Images about which nothing is decided yet are neither trained nor tested on meanwhile.
 */
export async function startDeciding(
  { jobs, changed }: Pick<ApplicationContext, 'jobs' | 'changed'>,
  library: Library,
): Promise<void> {
  if ((await library.read.openDecisions()) === null) return;
  jobs.start({
    kind: 'prepare',
    // The next import must not begin before.
    lane: 'import',
    title: 'Finishing an import',
    run: async ({ report, signal }) => {
      report({ note: 'finding duplicates and choosing test images' });
      await finishDecisions(library, signal);
      changed('images');
    },
  });
}
