import { expect, test } from 'vitest';
import { addressOf, movedWithin, queryOf, screenOf } from '../../../renderer/state/routeAddress.ts';

test('an address names its screen and the place in it', () => {
  const address = addressOf('images', { class: 3, text: 'a & b', folder: null });
  expect(address).toBe('#/images?class=3&text=a+%26+b');
  expect(screenOf(address)).toBe('images');
  expect(Object.fromEntries(queryOf(address))).toEqual({ class: '3', text: 'a & b' });
});

test('what names no screen is the first one', () => {
  expect([screenOf(''), screenOf('#/nowhere')]).toEqual(['start', 'start']);
});

test('a place changes in its own screen, what is not named stays', () => {
  expect(movedWithin('#/label?mode=grid', 'label', { image: 7 })).toBe('#/label?mode=grid&image=7');
  expect(movedWithin('#/label?mode=grid', 'label', { mode: null })).toBe('#/label');
});

test('a screen that is being left does not take the window back', () => {
  expect(movedWithin('#/train', 'label', { image: 7 })).toBeNull();
});
