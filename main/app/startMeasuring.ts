import { basename } from 'node:path';
import { genoiseError, GenoiseError } from '../../shared/errors.ts';
import { evaluateClassifier } from './evaluateClassifier.ts';
import { requireFolder } from './requireFolder.ts';
import type { RunId } from '../../shared/records.ts';
import type { ApplicationContext } from './context.ts';

/**
 * Starts to measure a run's classifier on a test folder, or (null) anew on the held-out images.
 * @throws no-such-folder, no-classifier
 */
export async function startMeasuring(
  context: ApplicationContext,
  runId: RunId,
  testFolder: string | null,
): Promise<void> {
  const library = context.library();
  const run = String(runId);
  await library.read.requireClassifier(run);
  if (testFolder !== null) requireFolder(testFolder);
  const on = testFolder === null ? 'the held-out images' : `“${basename(testFolder)}”`;
  context.jobs.start({
    kind: 'evaluate',
    lane: 'compute',
    title: `Measuring on ${on}`,
    run: async ({ report, signal, setRun }) => {
      setRun(runId);
      report({ note: 'getting ready' });
      await evaluateClassifier(
        library,
        { run, testFolder, device: 'auto' },
        ({ phase, done, total }) =>
          report({
            note: phase === 'reading' ? 'reading the test images' : 'answering the test images',
            progress: { done, total, unit: 'images' },
          }),
        signal,
      ).catch((error: unknown) => {
        throw testFolderError(error, testFolder);
      });
      context.changed('runs', 'classifiers');
    },
  });
}

/** A test folder whose images lie in no subfolder has no labels; held-out images have nothing to do with it. */
function testFolderError(error: unknown, folder: string | null): unknown {
  const isEmpty = error instanceof GenoiseError && error.code === 'no-held-out-labels';
  return isEmpty && folder !== null ? genoiseError('no-folder-classes', { folder }, error) : error;
}
