import { describeEncoder } from '../training/checkpoint.ts';
import type { Proportion } from '../../shared/evaluation.ts';
import type {
  CardFacts,
  CardMeasurement,
  OriginalFilesCheck,
  SameInputCheck,
} from '../../shared/exporting.ts';
import type { ExportSubject } from './exportSubject.ts';

export interface CardContent {
  readonly subject: ExportSubject;
  readonly facts: CardFacts;
  readonly sameInput: SameInputCheck;
  readonly originalFiles: OriginalFilesCheck;
  readonly appVersion: string;
  readonly date: Date;
}

/** The model card, in Markdown. Says nothing that was not measured. */
export function modelCard(content: CardContent): string {
  const { subject, facts } = content;
  const sections = [
    heading(content),
    trainedOn(content),
    subject.classes ? accuracy(facts.measurements) : pretrainingFigures(content),
    usage(subject),
    checks(content),
    limits(subject),
    ['## Licence', '', 'The weights belong to whoever trained them; Genoise makes no claim to them.'],
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function heading({ subject, facts, appVersion, date }: CardContent): string[] {
  const { classes, encoder, imageSize, method } = subject;
  const what = classes ? `Image classifier of ${classes.length} classes` : 'Image encoder';
  return [
    `# ${what}: ${facts.project}`,
    '',
    ...(classes ? [`- Classes: ${classes.join(', ')}`] : []),
    `- Method: ${method}`,
    `- Encoder: ${describeEncoder(encoder)}`,
    `- Image size: ${imageSize} × ${imageSize} px (the file resizes by itself)`,
    `- Exported: ${day(date)} by Genoise ${appVersion}`,
  ];
}

function trainedOn({ subject, facts }: CardContent): string[] {
  const { images, labels } = facts;
  const lines = [
    '## What it was trained on',
    '',
    `The project has ${count(images.usable)} usable images (${count(images.different)} different),` +
      ` ${count(images.heldOut)} of them held out of all training.`,
  ];
  const { origin } = subject;
  if (origin.kind === 'pretraining') {
    const { sampleCount, batchSize } = origin.plan;
    lines.push(
      `The encoder was pretrained without labels on ${count(sampleCount)} images in batches of ${batchSize}.`,
    );
  } else {
    const { labelCount, savedAt } = origin.metadata;
    lines.push(`It learnt from ${count(labelCount)} labelled images, on ${day(new Date(savedAt))}.`);
  }
  if (facts.pretraining) {
    const { run, method, steps } = facts.pretraining;
    lines.push(`Pretraining: run ${run}, ${method}, ${count(steps)} steps.`);
  }
  if (subject.classes && labels.length > 0) {
    const rows = labels.map(({ name, training, heldOut }) => [name, count(training), count(heldOut)]);
    lines.push('', 'Labels in the project when this was exported:', '');
    lines.push(...table(['class', 'for training', 'held out'], rows));
  }
  return lines;
}

function accuracy(measurements: readonly CardMeasurement[]): string[] {
  if (measurements.length === 0) {
    return ['## Accuracy', '', 'Not measured: there were too few labels to measure with.'];
  }
  return ['## Accuracy', ...measurements.flatMap((measurement) => ['', ...describeMeasurement(measurement)])];
}

function describeMeasurement({ on, evaluation, measuredAt }: CardMeasurement): string[] {
  const { top1, top5, perClass } = evaluation;
  const rows = perClass.map(({ name, n, recall, precision }) => [
    name,
    count(n),
    recall ? share(recall) : '–',
    precision ? share(precision) : '–',
  ]);
  return [
    `### On ${places[on] ?? `the folder ${on}`} (${day(new Date(measuredAt))})`,
    '',
    `- Top-1: ${share(top1)}`,
    ...(top5 ? [`- Top-5: ${share(top5)}`] : []),
    ...(on === 'cross-validation'
      ? ["- The interval is only a guide: each fold's classifier is another one."]
      : []),
    '',
    ...table(['class', 'images', 'recognised', 'right when named'], rows),
  ];
}

const places: Readonly<Record<string, string>> = {
  'held-out': 'the held-out images',
  'cross-validation': 'the training labels, by cross-validation',
};

function pretrainingFigures({ facts }: CardContent): string[] {
  const figures = Object.entries(facts.pretraining?.figures ?? {});
  const rows = figures.map(([name, value]) => [name, value.toPrecision(4)]);
  const none = 'No figures were kept of its training.';
  return [
    '## Last figures of its training',
    '',
    ...(rows.length > 0 ? table(['figure', 'value'], rows) : [none]),
  ];
}

function usage({ classes, longestSide }: ExportSubject): string[] {
  const [script, model, outputs] = classes
    ? ['predict', 'classifier.onnx', '`logits` and `probabilities` [N, C], `embedding` [N, d]']
    : ['embed', 'encoder.onnx', '`embedding` [N, d]'];
  return [
    '## Use',
    '',
    `\`python ${script}.py image.jpg\` or \`node ${script}.mjs image.jpg\`; each says in its first lines what it needs.`,
    '',
    `\`${model}\` takes \`images\`, uint8 [N, H, W, 3]: RGB in sRGB, upright, transparency on white, of any height and` +
      ` width. It gives ${outputs}.`,
    `Shrink images whose long side is over ${longestSide} px to that first (Lanczos 3), as the scripts do: the` +
      ' images that it was trained on were.',
    'The scripts refuse images of more than 8 bits that do not say which of their values is white.',
    ...(classes
      ? []
      : ['', "`encoder.safetensors` holds the weights in torchvision's names, without the `fc` layer."]),
  ];
}

function checks({ sameInput, originalFiles }: CardContent): string[] {
  const { images, sizes, differences, allowed } = sameInput;
  const largest = Object.entries(differences)
    .map(([name, difference]) => `${name} ${difference.toExponential(1)}`)
    .join(', ');
  return [
    '## Checks made by this export',
    '',
    `- The same pixels (${images} images of ${sizes} sizes) through this file and through Genoise:` +
      ` largest differences ${largest}; ${allowed} is allowed.`,
    `- ${describeOriginals(originalFiles)}`,
  ];
}

function describeOriginals({ on, files, same, leftOut, notRead, required }: OriginalFilesCheck): string {
  const unread = notRead > 0 ? `; ${notRead} more of a kind that the scripts do not read` : '';
  if (files === 0)
    return `Original files: not checked, since none of them could be reached unchanged${unread}.`;
  const which =
    on === 'held-out' ? 'held-out original files' : 'original files (none are held out: a sample)';
  const missing = leftOut > 0 ? `; ${leftOut} more were gone or changed` : '';
  return (
    `${files} ${which}, decoded by a second process that has only onnxruntime-node and sharp:` +
    ` ${same} answers the same as Genoise's own (${percent(same / files)} %; ${required * 100} % is required)${missing}${unread}.`
  );
}

function limits({ classes, imageSize }: ExportSubject): string[] {
  const answer = classes
    ? [
        '- It always answers with one of its classes, also for an image of none of them.',
        '- A probability is a score of the model and was not calibrated.',
      ]
    : ['- An embedding means nothing by itself; embeddings of different encoders cannot be compared.'];
  return [
    '## Limits',
    '',
    ...answer,
    '- It was measured on images like those it was trained on; on others it may do worse without showing it.',
    `- Details that are gone when an image is ${imageSize} px wide and high cannot be seen; proportions are not kept.`,
  ];
}

function share({ value, low, high, n }: Proportion): string {
  return `${percent(value)} % (n = ${count(n)}, 95 % interval ${percent(low)}–${percent(high)})`;
}

function percent(value: number): string {
  return (value * 100).toFixed(1);
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)];
}
