import { describe, expect, it } from 'vitest';
import { cardBlocks } from '../../../renderer/views/export/cardBlocks.ts';
import { exportSummary, exportTitle, parityWords } from '../../../renderer/views/export/exportWords.ts';

const check = { on: 'held-out', files: 500, same: 500, leftOut: 0, notRead: 0, required: 0.99 } as const;

describe('cardBlocks', () => {
  it('reads headings, lists, tables and code within lines', () => {
    const card =
      '# A *card*\n\n- one\n- `two`\n\nSome\nwords.\n\n### On a|b\n\n| class | n |\n| --- | --- |\n| a\\|b | 3 |\n';
    expect(cardBlocks(card)).toEqual([
      { kind: 'heading', level: 1, spans: [{ text: 'A *card*', code: false }] },
      { kind: 'list', items: [[{ text: 'one', code: false }], [{ text: 'two', code: true }]] },
      { kind: 'paragraph', spans: [{ text: 'Some words.', code: false }] },
      { kind: 'heading', level: 3, spans: [{ text: 'On a|b', code: false }] },
      { kind: 'table', head: ['class', 'n'], rows: [['a|b', '3']] },
    ]);
  });
});

describe('the words of an export', () => {
  it('tell in plain words whether it answers alike', () => {
    expect(parityWords(check, false)).toBe('500 of 500 images got the same answer as in Genoise');
    expect(parityWords({ ...check, same: 499, leftOut: 2 }, true)).toBe(
      '499 of 500 images got the same embedding as in Genoise (99.8 %); 2 files had changed or gone',
    );
    expect(parityWords({ ...check, files: 0 }, false)).toMatch(/^Not checked/);
  });

  it('name what it is', () => {
    const labels = { kind: 'labels', format: 'coco', labels: 3, skipped: 1, skippedFirst: [] } as const;
    expect(exportTitle(labels)).toBe('Labels as COCO');
    expect(exportSummary(labels)).toBe('3 labels; 1 image could not be copied');
  });
});
