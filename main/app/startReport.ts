import { labelReport, requireReportable, usualReport, type ReportProgress } from './labelReport.ts';
import { phaseWords } from './trainingWords.ts';
import { formatFraction } from '../../shared/labelReport.ts';
import { modeNames } from '../../shared/modeNames.ts';
import type { ApplicationContext } from './context.ts';
import type { JobReport } from './jobQueue.ts';

/**
 * Starts, or goes on with, the comparison of shares of the labels.
 * @throws report-needs-held-out, more-classes-than-labels
 */
export async function startReport(context: ApplicationContext): Promise<void> {
  const library = context.library();
  await requireReportable(library);
  context.jobs.start({
    kind: 'report',
    lane: 'compute',
    title: 'What fewer labels reach',
    run: async ({ report, signal }) => {
      report({ note: 'getting ready' });
      let finished = -1;
      let began = 0;
      const onProgress = (progress: ReportProgress): void => {
        if (progress.done !== finished) {
          context.changed('classifiers');
          began = performance.now();
        }
        finished = progress.done;
        report(reportOf(progress, (performance.now() - began) / 1000));
      };
      try {
        await labelReport(library, usualReport, onProgress, signal);
      } finally {
        context.changed('classifiers');
      }
    },
  });
}

/** @param seconds since the classifier whose turn it is began */
function reportOf(progress: ReportProgress, seconds: number): JobReport {
  const { done, total, secondsLeft, mode, fraction, draw, training } = progress;
  const phase = training === null ? '' : `, ${phaseWords[training.phase]}`;
  return {
    note: `${formatFraction(fraction)} of the labels, draw ${draw}: ${modeNames[mode].toLowerCase()}${phase}`,
    progress: { done, total, unit: 'classifiers' },
    etaSeconds: secondsLeft === null ? null : Math.max(0, secondsLeft - seconds),
  };
}
