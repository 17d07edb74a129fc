import { formatRemaining } from '../../parts/formatDuration.ts';
import { formatCount, formatNumber } from '../../parts/formatNumber.ts';
import {
  encoderChoices,
  methodChoices,
  presetChoices,
  recipeOf,
  usualEncoder,
  type PretrainChoice,
  type PretrainOffer,
  type PretrainTime,
} from '../../../shared/pretraining.ts';
import type { DeviceChoice } from '../../../shared/devices.ts';

/** What stands in the form. */
export interface PretrainForm {
  time: 'ten' | 'hour' | 'night' | 'epochs';
  epochs: number;
  method: string;
  encoder: string;
  width: number;
  preset: string;
  imageSize: number | null;
  batchSize: number | null;
  device: DeviceChoice;
}

export const usualForm: PretrainForm = {
  time: 'hour',
  epochs: 100,
  method: methodChoices[0].name,
  encoder: encoderChoices[0].name,
  width: 1,
  preset: presetChoices[0].name,
  imageSize: null,
  batchSize: null,
  device: 'auto',
};

/** The form with another method: what was left as the method before has it becomes what the new one has. */
export function withMethod(form: PretrainForm, method: string): PretrainForm {
  const [before, after] = [usualOf(form.method), usualOf(method)];
  const isTimeKept = form.time !== before.time || (form.time === 'epochs' && form.epochs !== before.epochs);
  const { time, epochs } = isTimeKept ? form : after;
  const encoder = form.encoder === before.encoder ? after.encoder : form.encoder;
  return { ...form, method, encoder, time, epochs };
}

function usualOf(method: string): Pick<PretrainForm, 'encoder' | 'time' | 'epochs'> {
  const recipe = recipeOf(method);
  const { time, epochs } = recipe === null ? usualForm : { time: 'epochs' as const, epochs: recipe.epochs };
  return { encoder: usualEncoder(method), time, epochs };
}

const keyOf = (folder: string): string => `genoise.pretrain.form ${folder}`;

/** What was chosen in a project before; what cannot be understood any more is as usual. */
export function keptForm(folder: string): PretrainForm {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(folder)) ?? '{}');
    return typeof kept === 'object' && kept !== null ? checked({ ...usualForm, ...kept }) : { ...usualForm };
  } catch {
    return { ...usualForm };
  }
}

export function keepForm(folder: string, form: PretrainForm): void {
  localStorage.setItem(keyOf(folder), JSON.stringify(form));
}

/** What an older or newer program kept may name what is not there. */
function checked(form: PretrainForm): PretrainForm {
  const isKnown = (choices: readonly { readonly name: string }[], name: string): boolean =>
    choices.some((choice) => choice.name === name);
  return {
    ...form,
    time: ['ten', 'hour', 'night', 'epochs'].includes(form.time) ? form.time : usualForm.time,
    method: isKnown(methodChoices, form.method) ? form.method : usualForm.method,
    encoder: isKnown(encoderChoices, form.encoder) ? form.encoder : usualForm.encoder,
    preset: isKnown(presetChoices, form.preset) ? form.preset : usualForm.preset,
  };
}

const morning = 7;
const nightHours = 8;

/**
 * What "tonight" means at a time: until seven in the morning when that is 4 to 14 hours away, else eight hours.
 */
export function tonight(now: Date): { readonly minutes: number; readonly until: string } {
  const seven = new Date(now);
  seven.setHours(morning, 0, 0, 0);
  if (seven <= now) seven.setDate(seven.getDate() + 1);
  const hours = (seven.getTime() - now.getTime()) / 3_600_000;
  if (hours >= 4 && hours <= 14) {
    const day = seven.getDate() === now.getDate() ? 'this' : 'tomorrow';
    return { minutes: Math.floor(hours * 60), until: `until 7 o’clock ${day} morning` };
  }
  const end = new Date(now.getTime() + nightHours * 3_600_000);
  const clock = end.toLocaleTimeString('en', { hour: 'numeric', minute: '2-digit' });
  return { minutes: nightHours * 60, until: `for ${nightHours} hours, until ${clock}` };
}

export function timeOf(form: PretrainForm, now: Date): PretrainTime {
  switch (form.time) {
    case 'ten':
      return { minutes: 10 };
    case 'hour':
      return { minutes: 60 };
    case 'night':
      return { minutes: tonight(now).minutes };
    case 'epochs':
      return { epochs: form.epochs };
  }
}

/** What the form asks of the application. */
export function choiceOf(form: PretrainForm, now: Date): PretrainChoice {
  const { method, encoder, width, preset, imageSize, batchSize, device } = form;
  return { method, encoder, width, preset, imageSize, batchSize, device, time: timeOf(form, now) };
}

/** The one sentence on what the button will do, and a second on what that comes to where a run told how fast it goes. */
export function sentenceOf(form: PretrainForm, offer: PretrainOffer, now: Date): string {
  const images = `your ${formatCount(offer.images, 'image')}`;
  const how = 'and learns by itself to tell them apart; no labels are needed.';
  switch (form.time) {
    case 'ten':
      return `Genoise looks at ${images} over and over for 10 minutes ${how}${passes(form, offer, 600)}`;
    case 'hour':
      return `Genoise looks at ${images} over and over for an hour ${how}${passes(form, offer, 3600)}`;
    case 'night': {
      const { minutes, until } = tonight(now);
      return `Genoise looks at ${images} over and over ${until}, ${how}${passes(form, offer, minutes * 60)}`;
    }
    case 'epochs': {
      const times = form.epochs === 1 ? 'once' : `${formatNumber(form.epochs)} times`;
      return `Genoise looks at each of ${images} ${times} ${how}${duration(form, offer)}`;
    }
  }
}

function passes(form: PretrainForm, offer: PretrainOffer, seconds: number): string {
  const speed = speedOf(form, offer);
  if (speed === null || offer.images === 0) return '';
  const times = (seconds * 0.95 * speed) / offer.images;
  const said = times < 1.5 ? 'about once' : `about ${formatNumber(round(times))} times`;
  return ` At the speed of the last run it sees each ${said}.`;
}

function duration(form: PretrainForm, offer: PretrainOffer): string {
  const speed = speedOf(form, offer);
  if (speed === null || offer.images === 0) return '';
  return ` At the speed of the last run that takes ${formatRemaining((form.epochs * offer.images) / speed)}.`;
}

/** Images a second of a run of the same size; null where none was. */
function speedOf(form: PretrainForm, { before }: PretrainOffer): number | null {
  if (before === null || (form.imageSize !== null && form.imageSize !== before.imageSize)) return null;
  const encoder = form.width === 1 ? form.encoder : `${form.encoder} × ${form.width}`;
  return encoder === before.encoder ? before.imagesPerSecond : null;
}

/** Two digits are all that such an estimate is good for. */
function round(times: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(times)) - 1);
  return Math.round(times / unit) * unit;
}
