import { describe, expect, it } from 'vitest';
import { keyCaps, keyName, type KeyPress } from '../../../renderer/state/keyName.ts';

function press(key: string, code: string, held: Partial<KeyPress> = {}): KeyPress {
  return { key, code, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held };
}

describe('keyName', () => {
  it.each([
    [press('a', 'KeyA'), 'A'],
    [press('A', 'KeyA', { shiftKey: true }), 'Shift+A'],
    [press('Z', 'KeyZ', { shiftKey: true, metaKey: true }), 'Mod+Shift+Z'],
    [press('z', 'KeyZ', { ctrlKey: true }), 'Mod+Z'],
    [press('?', 'Slash', { shiftKey: true }), '?'],
    [press('+', 'NumpadAdd'), '+'],
    [press(' ', 'Space'), 'Space'],
    [press('ArrowLeft', 'ArrowLeft', { shiftKey: true }), 'Shift+ArrowLeft'],
    [press('5', 'Numpad5'), '5'],
  ])('names %o', (event, name) => {
    expect(keyName(event)).toBe(name);
  });

  it('tells digits by their place, so that 1 needs no Shift on a French keyboard', () => {
    expect(keyName(press('&', 'Digit1'))).toBe('1');
    expect(keyName(press('!', 'Digit1', { shiftKey: true }))).toBe('Shift+1');
  });

  it('does not name a modifier on its own', () => {
    expect(keyName(press('Shift', 'ShiftLeft', { shiftKey: true }))).toBeNull();
    expect(keyName(press('AltGraph', 'AltRight', { altKey: true }))).toBeNull();
  });
});

describe('keyCaps', () => {
  it('draws the modifiers of each system', () => {
    expect(keyCaps('Mod+Shift+Z', false)).toEqual(['Ctrl', 'Shift', 'Z']);
    expect(keyCaps('Mod+Shift+Z', true)).toEqual(['⌘', '⇧', 'Z']);
  });

  it('keeps a plus that is the key itself', () => {
    expect(keyCaps('+', false)).toEqual(['+']);
    expect(keyCaps('Mod++', false)).toEqual(['Ctrl', '+']);
  });
});
