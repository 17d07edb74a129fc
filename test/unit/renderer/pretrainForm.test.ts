import { describe, expect, it } from 'vitest';
import {
  choiceOf,
  sentenceOf,
  tonight,
  usualForm,
  withMethod,
  type PretrainForm,
} from '../../../renderer/views/pretrain/pretrainForm.ts';
import type { PretrainOffer } from '../../../shared/pretraining.ts';

const at = (hour: number, minute = 0) => new Date(2026, 2, 10, hour, minute);
const form = (change: Partial<PretrainForm>): PretrainForm => ({ ...usualForm, ...change });
const offer: PretrainOffer = { images: 12_000, heldOut: 100, unfinished: null, before: null };
const measured: PretrainOffer = {
  ...offer,
  before: { imagesPerSecond: 200, encoder: 'resnet18', imageSize: 64 },
};

describe('tonight', () => {
  it('lasts until seven in the morning', () => {
    expect(tonight(at(21, 30))).toEqual({ minutes: 570, until: 'until 7 o’clock tomorrow morning' });
    expect(tonight(at(1))).toEqual({ minutes: 360, until: 'until 7 o’clock this morning' });
  });

  it('is eight hours when that is too near or too far', () => {
    expect(tonight(at(5))).toEqual({ minutes: 480, until: 'for 8 hours, until 1:00 PM' });
    expect(tonight(at(14))).toEqual({ minutes: 480, until: 'for 8 hours, until 10:00 PM' });
  });
});

describe('another method', () => {
  it('that is a whole recipe brings its encoder and its rounds, and takes them away again', () => {
    const seer = withMethod(usualForm, 'seer');
    expect(seer).toEqual({
      ...usualForm,
      ...{ method: 'seer', encoder: 'regnet_y_400mf', time: 'epochs', epochs: 1 },
    });
    expect(withMethod(seer, 'simclr')).toEqual(usualForm);
    expect(withMethod(usualForm, 'byol')).toEqual(form({ method: 'byol' }));
  });

  it('leaves what somebody has chosen', () => {
    const chosen = form({ encoder: 'resnet50', time: 'night' });
    expect(withMethod(chosen, 'seer')).toEqual({ ...chosen, method: 'seer' });
    const twice = { ...withMethod(usualForm, 'seer'), epochs: 2 };
    expect(withMethod(twice, 'byol')).toMatchObject({ encoder: 'resnet18', time: 'epochs', epochs: 2 });
  });
});

describe('what the form asks for', () => {
  it('is either a time or a number of rounds', () => {
    expect(choiceOf(form({ time: 'ten' }), at(12)).time).toEqual({ minutes: 10 });
    expect(choiceOf(form({ time: 'night' }), at(22)).time).toEqual({ minutes: 540 });
    expect(choiceOf(form({ time: 'epochs', epochs: 30 }), at(12)).time).toEqual({ epochs: 30 });
  });

  it('is told in a sentence', () => {
    expect(sentenceOf(form({ time: 'hour' }), offer, at(12))).toBe(
      'Genoise looks at your 12,000 images over and over for an hour and learns by itself to tell them apart;' +
        ' no labels are needed.',
    );
    expect(sentenceOf(form({ time: 'epochs', epochs: 1 }), offer, at(12))).toContain(
      'images once and learns',
    );
  });

  it('is estimated where a run told how fast it goes', () => {
    expect(sentenceOf(form({ time: 'hour' }), measured, at(12))).toContain('it sees each about 57 times.');
    expect(sentenceOf(form({ time: 'epochs', epochs: 60 }), measured, at(12))).toContain(
      'that takes about an hour.',
    );
  });

  it('is not estimated from a run with another encoder or size', () => {
    for (const change of [{ encoder: 'resnet50' }, { width: 0.5 }, { imageSize: 96 }]) {
      expect(sentenceOf(form({ time: 'hour', ...change }), measured, at(12))).not.toContain('speed');
    }
  });
});
