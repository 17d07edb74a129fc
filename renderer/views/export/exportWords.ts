import { formatCount, formatNumber, formatPercent } from '../../parts/formatNumber.ts';
import { folderName } from '../train/trainWords.ts';
import type { ExportFacts, LabelFormat } from '../../../shared/exports.ts';
import type { OriginalFilesCheck } from '../../../shared/exporting.ts';

export const formatNames: Readonly<Record<LabelFormat, string>> = {
  csv: 'CSV',
  imagefolder: 'ImageFolder',
  coco: 'COCO',
};

export const formatHelp: Readonly<Record<LabelFormat, string>> = {
  csv: 'One line an image: its path and its class. For spreadsheets; Genoise reads it back.',
  imagefolder: 'A folder for each class with copies of its images, as PyTorch and Keras read them.',
  coco: 'One JSON file in COCO’s form, for annotation tools. A label covers the whole image.',
};

export function exportTitle(facts: ExportFacts): string {
  if (facts.kind === 'labels') return `Labels as ${formatNames[facts.format]}`;
  if (facts.kind === 'predictions') return `Predictions for “${folderName(facts.imageFolder)}”`;
  if (facts.kind === 'encoder') return 'Encoder alone';
  return `Classifier of ${formatCount(facts.classes.length, 'class', 'classes')}`;
}

/** One line on what is in it. */
export function exportSummary(facts: ExportFacts): string {
  if (facts.kind === 'labels') {
    const skipped = facts.skipped > 0 ? `; ${formatCount(facts.skipped, 'image')} could not be copied` : '';
    return formatCount(facts.labels, 'label') + skipped;
  }
  if (facts.kind === 'predictions') {
    const unread = facts.unreadable > 0 ? `; ${formatCount(facts.unreadable, 'file')} could not be read` : '';
    return `${formatCount(facts.predicted, 'image')} answered${unread}`;
  }
  return parityWords(facts.originalFiles, facts.kind === 'encoder');
}

/** Whether what was exported answers like the application, in plain words. */
export function parityWords(
  { files, same, leftOut, notRead }: OriginalFilesCheck,
  isEncoder: boolean,
): string {
  if (files === 0) return 'Not checked on your files: none of them could be reached unchanged';
  const what = isEncoder ? 'the same embedding' : 'the same answer';
  const share = same === files ? '' : ` (${formatPercent(same / files, 1)})`;
  const gone = leftOut > 0 ? `; ${formatCount(leftOut, 'file')} had changed or gone` : '';
  const unread = notRead > 0 ? `; ${formatNumber(notRead)} of a kind that the programs do not read` : '';
  return `${formatNumber(same)} of ${formatCount(files, 'image')} got ${what} as in Genoise${share}${gone}${unread}`;
}
