/** What a person chooses about a pretraining, and what there is to see of one. Shared by the screen and the commands. */

import type { DeviceChoice, ProbedDevice } from './devices.ts';
import type { RunId, RunState } from './records.ts';
import type {
  EnergiesEvent,
  EpochEvent,
  HealthEvent,
  NeighboursEvent,
  ProgressEvent,
} from './trainingEvents.ts';

/** A choice with what is said of it. The names are those of the rooms that do the work; a test holds them together. */
export interface NamedChoice {
  readonly name: string;
  readonly title: string;
  /** One sentence for somebody who chooses. */
  readonly sentence: string;
}

/** What a method that is a whole recipe is made for. */
interface MethodRecipe {
  readonly encoder: EncoderName;
  readonly epochs: number;
}

interface MethodChoice extends NamedChoice {
  readonly recipe?: MethodRecipe;
}

/** The methods of main/ssl, the one to start with first. */
export const methodChoices = [
  {
    name: 'simclr',
    title: 'SimCLR',
    sentence:
      'Two views of one image must recognise each other among all others. Good from a few hundred images on.',
  },
  {
    name: 'moco-v2',
    title: 'MoCo v2',
    sentence: 'Compares each view with a long queue of earlier images, so that small batches are enough.',
  },
  {
    name: 'barlow-twins',
    title: 'Barlow Twins',
    sentence: 'Two views must agree in every number of what is learned, and no two numbers may say the same.',
  },
  {
    name: 'vicreg',
    title: 'VICReg',
    sentence:
      'As Barlow Twins, and every number must differ from image to image. For thousands of images, not hundreds.',
  },
  {
    name: 'byol',
    title: 'BYOL',
    sentence: 'Foretells what a slower copy of itself sees in the other view. Small batches are enough.',
  },
  {
    name: 'simsiam',
    title: 'SimSiam',
    sentence: 'As BYOL without the slower copy: takes little memory, but needs many passes over the images.',
  },
  {
    name: 'moco-v1',
    title: 'MoCo v1',
    sentence: 'The first MoCo, with simpler views; here to compare with. MoCo v2 learns better.',
  },
  {
    name: 'swav',
    title: 'SwAV',
    sentence:
      'Sorts the images into groups as it learns; every part of an image must tell which group it is.',
  },
  {
    name: 'seer',
    title: 'SEER',
    sentence: 'SwAV for very many unsorted images, each seen only once. Made for the RegNetY networks.',
    recipe: { encoder: 'regnet_y_400mf', epochs: 1 },
  },
  {
    name: 'pirl',
    title: 'PIRL',
    sentence: 'Cuts each image into a puzzle of nine pieces, which together must recognise their image.',
  },
] as const satisfies readonly MethodChoice[];

/** The kinds of images of main/ssl/views. */
export const presetChoices = [
  {
    name: 'natural',
    title: 'Natural photos',
    sentence: 'Everyday pictures with an up and a down. Colours are changed freely.',
  },
  {
    name: 'color-matters',
    title: 'Colour matters',
    sentence: 'Colour tells the classes apart, as with birds, fruit or stained tissue: it is kept.',
  },
  {
    name: 'orientation-free',
    title: 'No up or down',
    sentence: 'Seen through a microscope or from above: views are turned upside down too.',
  },
] as const satisfies readonly NamedChoice[];

/** The networks of main/nn, the usual one first. */
export const encoderChoices = [
  { name: 'resnet18', title: 'ResNet-18', sentence: 'Small and quick: a good start for most images.' },
  { name: 'resnet34', title: 'ResNet-34', sentence: 'Twice as deep: learns more, takes twice as long.' },
  { name: 'resnet50', title: 'ResNet-50', sentence: 'The usual large one: for a graphics card and a night.' },
  {
    name: 'resnet101',
    title: 'ResNet-101',
    sentence: 'Twice as deep as ResNet-50: for a large graphics card.',
  },
  { name: 'resnet152', title: 'ResNet-152', sentence: 'Three times as deep as ResNet-50: for days of work.' },
  {
    name: 'regnet_y_400mf',
    title: 'RegNetY-400MF',
    sentence: 'Few operations for what it learns; the smallest of the kind that SEER is made for.',
  },
  { name: 'regnet_y_800mf', title: 'RegNetY-800MF', sentence: 'As RegNetY-400MF, with twice the work.' },
  { name: 'regnet_y_3_2gf', title: 'RegNetY-3.2GF', sentence: 'A large RegNetY: for a graphics card.' },
  {
    name: 'regnet_y_8gf',
    title: 'RegNetY-8GF',
    sentence: 'A very large RegNetY: for a large graphics card.',
  },
] as const satisfies readonly NamedChoice[];

export type EncoderName = (typeof encoderChoices)[number]['name'];

/** A method's name as its paper writes it; of one that is not known, the name itself. */
export function methodTitle(method: string): string {
  return methodChoices.find(({ name }) => name === method)?.title ?? method;
}

/** The recipe of a method that has one, else null. */
export function recipeOf(method: string): MethodRecipe | null {
  const choices: readonly MethodChoice[] = methodChoices;
  return choices.find(({ name }) => name === method)?.recipe ?? null;
}

/** The encoder that a method is given unless another is chosen. */
export function usualEncoder(method: string): EncoderName {
  return recipeOf(method)?.encoder ?? encoderChoices[0].name;
}

/** How many channels an encoder has, as a factor of the published number. */
export const widthChoices = [
  { width: 1, title: 'Full', sentence: 'As published.' },
  { width: 0.5, title: 'Half', sentence: 'About three times as fast.' },
  { width: 0.25, title: 'A quarter', sentence: 'For a first look on a slow computer.' },
] as const;

/** Side of the views. The images themselves are kept at 256 pixels at most. */
export const [fewestPixels, mostPixels] = [8, 512];

/** How long it shall take. */
export type PretrainTime = { readonly minutes: number } | { readonly epochs: number };

/** What somebody chose; null: chosen from the images and the memory. */
export interface PretrainChoice {
  readonly method: string;
  readonly encoder: string;
  readonly width: number;
  readonly preset: string;
  readonly time: PretrainTime;
  readonly imageSize: number | null;
  readonly batchSize: number | null;
  readonly device: DeviceChoice;
}

/** What a pretraining would work with. */
export interface PretrainOffer {
  /** Images that it would look at. */
  readonly images: number;
  readonly heldOut: number;
  /** The run that the end of the application interrupted, if this start offers to go on with it. */
  readonly unfinished: RunId | null;
  /** How fast the newest run of this project was, and with what; null before the first. */
  readonly before: {
    readonly imagesPerSecond: number;
    readonly encoder: string;
    readonly imageSize: number;
  } | null;
}

/** A device, and whether it can be used. */
export interface FoundDevice {
  readonly device: ProbedDevice;
  readonly available: boolean;
  /** Why it is not. */
  readonly reason: string | null;
  /** Measured, 10⁹ operations a second. */
  readonly gigaflops: number | null;
}

/** A pretraining in a list. */
export interface PretrainRun {
  readonly id: RunId;
  readonly state: RunState;
  /** Why it failed. */
  readonly error: string | null;
  readonly method: string;
  readonly encoder: string;
  readonly doneSteps: number;
  /** 0 before it is known. */
  readonly totalSteps: number;
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** As it was chosen, and once it has begun as it was resolved. */
  readonly imageSize: number | null;
  readonly batchSize: number | null;
  readonly stepsPerEpoch: number | null;
  readonly device: string | null;
  readonly preset: string;
  readonly time: PretrainTime | null;
}

export interface CurvePoint {
  readonly step: number;
  readonly value: number;
}

/** The newest report of each kind. */
export interface NewestReports {
  readonly progress?: ProgressEvent;
  readonly epoch?: EpochEvent;
  readonly health?: HealthEvent;
  readonly energies?: EnergiesEvent;
  readonly neighbours?: NeighboursEvent;
  /** The first of the run: what its neighbours were before it had learned anything. */
  readonly firstNeighbours?: NeighboursEvent;
}

/** All that there is to see of one pretraining. */
export interface PretrainView {
  readonly run: PretrainRun;
  /** By step; of a long run as many points as can be seen. */
  readonly loss: readonly CurvePoint[];
  /** Accuracy of the nearest labelled neighbours after each epoch; empty without labels. */
  readonly knn: readonly CurvePoint[];
  readonly newest: NewestReports;
}

/** Points of a curve that a screen can show. */
export const mostCurvePoints = 800;

/** Keeps at most `most` points at even distances in steps, the first and the last one among them. */
export function thinCurve(points: readonly CurvePoint[], most = mostCurvePoints): readonly CurvePoint[] {
  if (points.length <= most) return points;
  const [first, last] = [points[0].step, points[points.length - 1].step];
  const stretch = (step: number): number => Math.floor(((step - first) / (last - first)) * (most - 1));
  return points.filter(({ step }, i) => i === 0 || stretch(step) !== stretch(points[i - 1].step));
}
