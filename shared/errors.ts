/**
 * The catalogue of everything that can go wrong for a user: a stable code, one sentence, one remedy. They are told in
 * windows and by commands alike, so they name no command and no option; main/cli/commandLineWords.ts adds those.
 * `genoiseError('code', params)` is the only way to make one; the parameters of each code are typed.
 * Errors cross the worker's process boundary as plain objects (`errorToPlain`, `errorFromPlain`).
 */

/** What an error may carry: plain values only, because it is sent between processes. */
export type ErrorDetail = string | number | boolean | null | readonly string[];

interface CatalogueRow<P> {
  readonly sentence: (params: P) => string;
  readonly remedy: (params: P) => string;
}

function row<P>(sentence: (params: P) => string, remedy: (params: P) => string): CatalogueRow<P> {
  return { sentence, remedy };
}

function list(items: readonly string[]): string {
  return items.length === 0 ? 'none' : items.join(', ');
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** Options have the names of the command line: `--image-size` is "The image size" to everybody else. */
function inWords(option: string): string {
  return option.startsWith('--') ? `The ${option.slice(2).replaceAll('-', ' ')}` : option;
}

export const errorCatalogue = {
  // Folders and projects
  'no-such-folder': row<{ folder: string }>(
    (p) => `There is no folder at "${p.folder}".`,
    () => 'Check the spelling, and that the disk which holds it is connected.',
  ),
  'no-images': row<{ folder: string; unreadable?: readonly string[] }>(
    (p) => `No images were found in "${p.folder}" or its subfolders.`,
    (p) =>
      p.unreadable !== undefined && p.unreadable.length > 0
        ? `Some folders could not be opened; check that you may read them: ${list(p.unreadable)}.`
        : 'Choose a folder that holds JPEG, PNG, WebP, GIF, TIFF, AVIF or BMP files.',
  ),
  'project-in-use': row<{ folder: string }>(
    (p) => `The project "${p.folder}" is open in another window or command.`,
    () => 'Close it there, or wait until that job has ended, and try again.',
  ),
  'not-a-project': row<{ folder: string }>(
    (p) => `"${p.folder}" is not a Genoise project.`,
    () => 'Choose a folder that holds a project, or make one from a folder of images.',
  ),
  'newer-project': row<{ folder: string; projectVersion: number; supportedVersion: number }>(
    (p) =>
      `The project "${p.folder}" was written by a newer Genoise` +
      ` (version ${p.projectVersion} of its file; this one knows ${p.supportedVersion}).`,
    () => 'Update Genoise and open the project again; nothing in it was changed.',
  ),
  'damaged-project': row<{ folder: string; reason: string }>(
    (p) => `A file of the project "${p.folder}" is damaged: ${p.reason}.`,
    () =>
      'Restore the project folder from a backup. Without one, its labels can often still be saved into a list for a' +
      ' new project: the README tells how.',
  ),
  'labels-lost': row<{ folder: string }>(
    (p) => `No label can be read any more from the project "${p.folder}".`,
    () =>
      'Restore the project folder from a backup. Without one, import the images into a new project and label them' +
      ' again; a list of labels that was saved earlier can be given to it.',
  ),
  'decided-before': row<{ option: string; value: string; decided: string }>(
    (p) =>
      `${inWords(p.option)} cannot be "${p.value}": the project was made with "${p.decided}", and that stays as it is.`,
    () => 'Leave it as it is, or import into a new project.',
  ),
  'disk-full': row<{ folder: string }>(
    (p) => `The disk that holds "${p.folder}" is full.`,
    () => 'Free some space and do the same again; what was finished before is kept.',
  ),
  'cannot-write': row<{ path: string; reason: string }>(
    (p) => `"${p.path}" cannot be written: ${p.reason}.`,
    () => 'Check that you may write there, or choose another place.',
  ),
  'folder-not-empty': row<{ folder: string }>(
    (p) => `"${p.folder}" is not empty.`,
    () => 'Choose a folder that does not exist yet; nothing is ever written over.',
  ),
  'cannot-read': row<{ path: string; reason: string }>(
    (p) => `"${p.path}" cannot be read: ${p.reason}.`,
    () => 'Check that the file exists and that you may read it.',
  ),

  'root-unknown': row<{ folder: string; known: readonly string[] }>(
    (p) => `The project has no images from "${p.folder}".`,
    (p) => `Its folders are: ${list(p.known)}.`,
  ),
  'relink-mismatch': row<{ from: string; to: string; same: number; looked: number }>(
    (p) =>
      `"${p.to}" does not hold the images of "${p.from}": ${p.same} of ${p.looked} that were looked at are the same.`,
    () => 'Choose the folder to which the images were moved; nothing was changed.',
  ),
  'relink-taken': row<{ folder: string }>(
    (p) => `The project already has images from "${p.folder}".`,
    () => 'Nothing needs to be relinked: import that folder again instead.',
  ),

  // Images
  'unsupported-image': row<{ file: string; reason: string }>(
    (p) => `The image "${p.file}" cannot be used: ${p.reason}.`,
    () => 'Open it in an image program and save it again as JPEG or PNG; the other images are not affected.',
  ),

  // Labels and CSV files
  'csv-format': row<{ file: string; line: number; problem: string }>(
    (p) => `Line ${p.line} of "${p.file}" cannot be understood: ${p.problem}.`,
    () => 'The file needs a header line "file,label" and then one image and one class a line.',
  ),
  'unknown-class': row<{ file: string; line: number; className: string; known: readonly string[] }>(
    (p) => `Line ${p.line} of "${p.file}" names the class "${p.className}", which the project does not have.`,
    (p) => `Correct the name, or add the class first; the classes are: ${list(p.known)}.`,
  ),
  'image-not-in-project': row<{ file: string; line: number; image: string }>(
    (p) => `Line ${p.line} of "${p.file}" names the image "${p.image}", which the project does not have.`,
    () => 'Write the path as it is below the imported folder, or import the folder that holds this image.',
  ),
  'class-name-taken': row<{ name: string }>(
    (p) => `There is a class called "${p.name}" already.`,
    () => 'Choose another name, or merge the two classes.',
  ),
  'no-such-class': row<Record<string, never>>(
    () => 'This class is not there any more: it was merged or taken away in another window.',
    () => 'Choose another class, or undo that step.',
  ),
  'no-folder-classes': row<{ folder: string }>(
    (p) => `The images of "${p.folder}" do not lie in folders that could name their classes.`,
    () =>
      'Sort them into one folder for each class and import the folder above, or give a list of labels as a CSV file.',
  ),
  'no-labels': row<Record<string, never>>(
    () => 'No image of this project has a label yet.',
    () => 'Label some images first.',
  ),
  'no-pretraining-images': row<{ ready: number; heldOut: number }>(
    (p) => `No image is left to train on (${p.ready} can be read, ${p.heldOut} are held out for testing).`,
    () => 'Import more images.',
  ),
  'no-held-out-labels': row<Record<string, never>>(
    () =>
      'None of the images that were held out for testing has a label, so nothing can be measured on them.',
    () => 'Label some of the held-out images, or give a folder of test images.',
  ),
  'report-needs-held-out': row<{ heldOut: number; needed: number }>(
    (p) =>
      `To compare shares of the labels fairly, at least ${p.needed} labelled images must be held out for testing, and there are ${p.heldOut}.`,
    (p) =>
      `Label ${p.needed - p.heldOut} more of the held-out images: the Label screen offers some in each round.`,
  ),
  'too-few-classes': row<{ classes: readonly string[] }>(
    (p) =>
      `A classifier needs at least two classes with labels, and there are ${p.classes.length}: ${list(p.classes)}.`,
    () => 'Label images of at least one more class.',
  ),
  'more-classes-than-labels': row<{ classes: number; labels: number }>(
    (p) => `There are ${p.classes} classes but only ${p.labels} labelled images to learn them from.`,
    () => 'Label at least one image of each class; five or more work far better.',
  ),

  // Training
  'batch-too-large': row<{ batch: number; reason: string; suggestion: number }>(
    (p) => `A batch of ${p.batch} images is too large: ${p.reason}.`,
    (p) => `Use a batch of ${p.suggestion} images or less, smaller images, or a smaller encoder.`,
  ),
  'batch-too-small': row<{ batch: number; minimum: number; reason: string }>(
    (p) => `A batch of ${p.batch} images is too small: ${p.reason}.`,
    (p) => `Use a batch of ${p.minimum} images or more; if there are fewer images than that, import more.`,
  ),
  'cannot-accumulate': row<{ method: string; reason: string }>(
    (p) => `${p.method} cannot learn from several batches at a time: ${p.reason}.`,
    () =>
      'Use the largest batch that fits the memory instead, or a method for which it is right: BYOL, SimSiam, MoCo,' +
      ' SwAV with its queue, or PIRL.',
  ),
  'device-unavailable': row<{ device: string; reason: string; found: readonly string[] }>(
    (p) => `The device "${p.device}" cannot be used here: ${p.reason}.`,
    (p) =>
      `Devices found on this machine: ${list(p.found)}. Choose one of them, or let the fastest one be chosen.`,
  ),
  'cuda-unusable': row<{ reason: string }>(
    (p) => `ONNX Runtime's CUDA provider cannot be used here: ${p.reason}.`,
    () =>
      'It needs Linux on x64, an NVIDIA graphics card with its driver, CUDA 12 and cuDNN 9, and libraries that are' +
      ' not brought with Genoise: the README tells how to add them. Or choose another device.',
  ),
  'tensorflow-missing': row<{ folder: string }>(
    (p) => `TensorFlow is not installed${p.folder === '' ? '' : ` in "${p.folder}"`}.`,
    () =>
      'Install the package @tensorflow/tfjs-node-gpu (without an NVIDIA graphics card: @tensorflow/tfjs-node) in a' +
      ' folder of its own, name that folder in the environment variable GENOISE_TENSORFLOW and start Genoise again;' +
      ' the README tells how. Or choose another device.',
  ),
  'tensorflow-unusable': row<{ reason: string }>(
    (p) => `TensorFlow is installed but cannot be used: ${p.reason}.`,
    () => 'Install it again, or choose another device.',
  ),
  'out-of-memory': row<{ neededBytes: number; availableBytes: number }>(
    (p) =>
      `This needs about ${gigabytes(p.neededBytes)} of memory and ${gigabytes(p.availableBytes)} are free.`,
    () => 'Use a smaller batch, smaller images or a smaller encoder, or close other programs.',
  ),
  'training-diverged': row<{ step: number; quantity: string }>(
    (p) => `Training failed at step ${p.step}: the ${p.quantity} is no longer a number.`,
    () => 'Start again with a lower learning rate; the last checkpoint before this step is kept.',
  ),
  interrupted: row<{ project: string; run: number; command: string }>(
    (p) => `Run ${p.run} was interrupted; its progress is saved.`,
    () => 'It can go on where it stopped.',
  ),
  cancelled: row<{ job: string }>(
    (p) => `The ${p.job} was stopped before its end.`,
    () => 'Start it again when you like: what was finished before is kept.',
  ),
  'run-not-found': row<{ run: string; known: readonly string[] }>(
    (p) => `This project has no run ${p.run}.`,
    (p) => `Its runs are: ${list(p.known)}.`,
  ),
  'run-not-resumable': row<{ run: string; reason: string }>(
    (p) => `Run ${p.run} cannot be continued: ${p.reason}.`,
    () => 'Start a new run instead.',
  ),
  'no-checkpoint': row<{ run: string }>(
    (p) => (p.run === '' ? 'This project has no pretrained encoder yet.' : `Run ${p.run} has no checkpoint.`),
    () => 'Pretrain one first.',
  ),
  'no-embeddings': row<Record<string, never>>(
    () => 'No encoder of this project has looked at its images yet.',
    () => 'Pretrain an encoder first; the images are looked at when it is done.',
  ),
  'checkpoint-corrupted': row<{ path: string; reason: string }>(
    (p) => `The checkpoint "${p.path}" is damaged: ${p.reason}.`,
    () => 'Use an earlier checkpoint, restore the file from a backup, or train again.',
  ),
  'checkpoint-other-architecture': row<{ path: string; found: string; expected: string }>(
    (p) => `The checkpoint "${p.path}" holds a ${p.found}, but a ${p.expected} was asked for.`,
    (p) => `Ask for a ${p.found}, or choose another checkpoint.`,
  ),
  'weights-unreadable': row<{ path: string; reason: string }>(
    (p) => `"${p.path}" holds no weights that can be read: ${p.reason}.`,
    () =>
      'Choose a file of 32-bit weights in the safetensors format, such as the one of an exported encoder.',
  ),
  'weights-do-not-fit': row<{ path: string; encoder: string; reason: string }>(
    (p) => `The weights in "${p.path}" do not fit a ${p.encoder}: ${p.reason}.`,
    () => "Choose the encoder and the width that they were made for, or a file with torchvision's names.",
  ),
  'weights-other-stem': row<{
    file: string;
    imageSize: number;
    boundary: number;
    found: string;
    expected: string;
    needsLarge: boolean;
  }>(
    (p) =>
      `The weights in "${p.file}" are for a network whose first layer looks at ${p.found} pixels; for images of` +
      ` ${p.imageSize} pixels it is one that looks at ${p.expected}.`,
    (p) =>
      p.needsLarge
        ? `Choose an image size of ${p.boundary} pixels or more.`
        : `Choose an image size of less than ${p.boundary} pixels.`,
  ),

  // Classifier, export, prediction
  'no-classifier': row<Record<string, never>>(
    () => 'This project has no trained classifier yet.',
    () => 'Train one first.',
  ),
  'not-a-classifier': row<{ folder: string; reason: string }>(
    (p) => `"${p.folder}" does not hold an exported classifier: ${p.reason}.`,
    () => 'Choose a folder into which Genoise exported a classifier.',
  ),
  'export-mismatch': row<{ check: string; agreement: string; required: string }>(
    (p) =>
      `The exported classifier does not agree with the app (${p.check}: ${p.agreement}, required ${p.required}).`,
    () => 'Do not use the file; export again, and report this together with the model card if it persists.',
  ),
  'export-gone': row<{ path: string }>(
    (p) => `"${p.path}" is not there any more.`,
    () => 'It was moved or removed. Export it again.',
  ),
  'test-class-unknown': row<{ folder: string; classes: readonly string[]; known: readonly string[] }>(
    (p) =>
      `The test folder "${p.folder}" has subfolders that are no class of the classifier: ${list(p.classes)}.`,
    (p) => `Name the subfolders after the classes: ${list(p.known)}.`,
  ),

  // The application and its doors
  'no-open-project': row<Record<string, never>>(
    () => 'No project is open.',
    () => 'Open a project, or drop a folder of images to make one.',
  ),
  'connection-lost': row<Record<string, never>>(
    () => 'The connection to Genoise was lost while it was at this.',
    () => 'The connection comes back by itself. Look whether it was done, and do it again if it was not.',
  ),
  'bad-request': row<{ command: string; problem: string }>(
    (p) => `The application was asked for "${p.command}" in a way that it does not understand: ${p.problem}.`,
    () => 'Reload the window. If it happens again, this is a fault in Genoise; please report it.',
  ),
  'not-admitted': row<Record<string, never>>(
    () => 'This browser has not been let in to Genoise yet.',
    () => 'Open the address that Genoise printed when it started, with all that follows the question mark.',
  ),
  'bad-file-name': row<{ path: string }>(
    (p) => `A file named "${p.path}" cannot be copied: its name is no name for a file here.`,
    () => 'Rename the file or its folder, and drop it again.',
  ),
  'drop-interrupted': row<Record<string, never>>(
    () => 'Genoise was started again while your files were being copied, and not all of them have come.',
    () => 'Drop the same files or folders again: images that are there already are taken once only.',
  ),
  'port-in-use': row<{ port: number }>(
    (p) => `Another program on this machine uses the port ${p.port}.`,
    () => 'Choose another one with --port, or end that program.',
  ),
  'cannot-listen': row<{ host: string; port: number; reason: string }>(
    (p) => `Genoise cannot be opened to browsers at "${p.host}", port ${p.port}: ${p.reason}.`,
    () => 'Leave --host out, or give an address of this machine, and choose a port above 1023 with --port.',
  ),
  'pages-not-built': row<{ reason: string }>(
    (p) => `The pages of Genoise could not be built: ${p.reason}.`,
    () => 'Run "npm ci" in its folder and start it again.',
  ),
  'pretraining-under-way': row<Record<string, never>>(
    () => 'A pretraining of this project is under way already.',
    () => 'Wait for its end, or stop it first: what it has learned is kept.',
  ),
  'no-such-job': row<Record<string, never>>(
    () => 'That job has ended already.',
    () => 'Look at its result, or start it again.',
  ),
  'not-pausable': row<{ job: string }>(
    (p) => `The ${p.job} cannot be paused.`,
    () => 'Wait for its end, or stop it: what it saved is kept.',
  ),

  // Machinery
  'worker-crashed': row<{ job: string; reason: string }>(
    (p) =>
      `The part of Genoise that does the heavy work stopped unexpectedly during the ${p.job} (${p.reason}).`,
    () =>
      'Start it again: a training goes on from its last checkpoint. If memory ran out, a smaller batch helps.',
  ),
  usage: row<{ problem: string; help: string }>(
    (p) => `The command cannot be understood: ${p.problem}.`,
    (p) => `See what it takes: ${p.help}`,
  ),
  'invalid-option': row<{ option: string; value: string; expected: string }>(
    (p) => `${inWords(p.option)} cannot be "${p.value}".`,
    (p) => `It must be ${p.expected}.`,
  ),
  internal: row<{ message: string }>(
    (p) => `Something went wrong that should not: ${p.message}.`,
    () => 'This is a fault in Genoise; please report it with what you did before.',
  ),
} as const;

export type ErrorCode = keyof typeof errorCatalogue;

/** The parameters that the row of `code` needs. */
export type ErrorParams<C extends ErrorCode> =
  (typeof errorCatalogue)[C] extends CatalogueRow<infer P> ? P : never;

/** The form in which an error crosses a process boundary or is printed as JSON. */
export interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
  readonly details: Readonly<Record<string, ErrorDetail>>;
}

/** A failure that a user can read and act on. Made by `genoiseError`. */
export class GenoiseError extends Error {
  override readonly name = 'GenoiseError';
  readonly code: ErrorCode;
  /** What to do about it: one or two sentences. */
  readonly remedy: string;
  /** The parameters of the catalogue row, for programs. */
  readonly details: Readonly<Record<string, ErrorDetail>>;

  constructor(plain: PlainError, cause?: unknown) {
    super(plain.message, cause === undefined ? undefined : { cause });
    this.code = plain.code;
    this.remedy = plain.remedy;
    this.details = plain.details;
  }
}

/**
 * Makes the error of catalogue row `code`.
 * @param cause the system's or library's own error, kept for logs and never shown to users
 */
export function genoiseError<C extends ErrorCode>(
  code: C,
  params: ErrorParams<C>,
  cause?: unknown,
): GenoiseError {
  const entry = errorCatalogue[code] as unknown as CatalogueRow<ErrorParams<C>>;
  const details = params as Readonly<Record<string, ErrorDetail>>;
  return new GenoiseError(
    { code, message: entry.sentence(params), remedy: entry.remedy(params), details },
    cause,
  );
}

/** Any thrown value as a plain object; what is no GenoiseError becomes an `internal` one. */
export function errorToPlain(error: unknown): PlainError {
  const known = error instanceof GenoiseError ? error : internalError(error);
  return { code: known.code, message: known.message, remedy: known.remedy, details: known.details };
}

/** The inverse of `errorToPlain`. */
export function errorFromPlain(plain: PlainError): GenoiseError {
  return new GenoiseError(plain);
}

function internalError(error: unknown): GenoiseError {
  return genoiseError('internal', { message: error instanceof Error ? error.message : String(error) }, error);
}
