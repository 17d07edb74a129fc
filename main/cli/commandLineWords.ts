import type { ErrorCode, ErrorParams, PlainError } from '../../shared/errors.ts';

interface Words<C extends ErrorCode> {
  readonly sentence?: (params: ErrorParams<C>) => string;
  readonly remedy?: (params: ErrorParams<C>) => string;
}

/** What the command line says instead of the catalogue: with the commands and options that somebody types. */
const commandLineWords: { readonly [C in ErrorCode]?: Words<C> } = {
  'not-a-project': {
    remedy: ({ folder }) => `Make one first: genoise import "${folder}" <folder with images>.`,
  },
  'damaged-project': {
    remedy: ({ folder }) =>
      'Restore the project folder from a backup. Without one, save its labels (genoise rescue-labels' +
      ` "${folder}" --out labels.csv), import the images into a new project, and give it that file` +
      ' (genoise label <project> --csv labels.csv --new-classes).',
  },
  'labels-lost': {
    remedy: () =>
      'Restore the project folder from a backup. Without one, import the images into a new project and label them' +
      ' again; a list that was saved earlier (genoise export-labels) can be given to genoise label --csv.',
  },
  'decided-before': {
    sentence: ({ option, value, decided }) =>
      `${option} cannot be "${value}": the project was made with "${decided}", and that stays as it is.`,
    remedy: ({ option }) => `Leave ${option} out, or import into a new project.`,
  },
  'disk-full': {
    remedy: () => 'Free some space and run the same command again; what was finished before is kept.',
  },
  'no-folder-classes': {
    remedy: () =>
      'Sort them into one folder for each class and import the folder above, or label with --csv FILE.',
  },
  'no-labels': {
    remedy: () => 'Label some images first: genoise label <project> --from-folders, or --csv FILE.',
  },
  'no-held-out-labels': {
    remedy: () => 'Label some of the held-out images, or give a folder of test images with --test.',
  },
  'batch-too-large': {
    remedy: ({ suggestion }) =>
      `Use --batch ${suggestion} or less, a smaller --image-size, or a smaller --width.`,
  },
  'batch-too-small': {
    remedy: ({ minimum }) =>
      `Use --batch ${minimum} or more; if there are fewer images than that, import more.`,
  },
  'cannot-accumulate': {
    remedy: () =>
      'Leave --accumulate out and use the largest --batch that fits the memory, or a method for which it is right:' +
      ' byol, simsiam, moco-v1, moco-v2, swav or seer with their queue, or pirl.',
  },
  'weights-do-not-fit': {
    remedy: () =>
      "Give --encoder and --width as they were made for, or another file with torchvision's names.",
  },
  'weights-other-stem': {
    remedy: ({ needsLarge, boundary }) =>
      `Use an --image-size ${needsLarge ? 'of' : 'below'} ${boundary}${needsLarge ? ' or more' : ''}.`,
  },
  'device-unavailable': {
    remedy: ({ found }) =>
      `Devices found on this machine: ${found.join(', ') || 'none'}. Choose one of them, or --device auto.`,
  },
  'tensorflow-missing': {
    remedy: () =>
      'Run "npm install @tensorflow/tfjs-node-gpu" in an empty folder (without an NVIDIA graphics card: "npm install' +
      ' @tensorflow/tfjs-node") and name that folder in the environment variable GENOISE_TENSORFLOW, or leave out' +
      ' --device tensorflow.',
  },
  'out-of-memory': {
    remedy: () => 'Use a smaller --batch, --image-size or --width, or close other programs.',
  },
  interrupted: { remedy: ({ command }) => `Continue with: ${command}` },
  cancelled: { remedy: () => 'Run the same command again: what was finished before is kept.' },
  'no-checkpoint': { remedy: () => 'Pretrain one first: genoise pretrain <project> --method simclr.' },
  'no-classifier': { remedy: () => 'Train one first: genoise train <project> --mode probe.' },
  'not-a-classifier': {
    remedy: () => 'Choose a folder that was written by: genoise export <project> --out <folder>.',
  },
  'worker-crashed': {
    remedy: () =>
      'Run the command again (training resumes from its last checkpoint); a smaller --batch helps if memory ran out.',
  },
  'invalid-option': { sentence: ({ option, value }) => `${option} cannot be "${value}".` },
  internal: {
    remedy: () => 'This is a fault in Genoise; please report it with the command that you ran.',
  },
};

/** An error in the words of the command line. */
export function forCommandLine(plain: PlainError): PlainError {
  // The details are the parameters of this code's own row.
  const words = commandLineWords[plain.code] as Words<never> | undefined;
  const params = plain.details as never;
  return {
    ...plain,
    message: words?.sentence?.(params) ?? plain.message,
    remedy: words?.remedy?.(params) ?? plain.remedy,
  };
}
