/** A piece of text within a line. */
export interface Span {
  readonly text: string;
  readonly code: boolean;
}

/** What a model card is made of: as much of Markdown as the exporter writes. */
export type CardBlock =
  | { readonly kind: 'heading'; readonly level: number; readonly spans: readonly Span[] }
  | { readonly kind: 'paragraph'; readonly spans: readonly Span[] }
  | { readonly kind: 'list'; readonly items: readonly (readonly Span[])[] }
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    };

/** Reads a model card; whatever it does not know is a paragraph, so that nothing is hidden. */
export function cardBlocks(markdown: string): readonly CardBlock[] {
  const blocks: CardBlock[] = [];
  const lines = markdown.split('\n');
  for (let i = 0; i < lines.length;) {
    const kind = kindOf(lines[i] ?? '');
    let end = i + 1;
    if (kind !== 'heading') while (end < lines.length && kindOf(lines[end] ?? '') === kind) end++;
    const block = blockOf(kind, lines.slice(i, end));
    if (block !== null) blocks.push(block);
    i = end;
  }
  return blocks;
}

type LineKind = CardBlock['kind'] | 'blank';

function kindOf(line: string): LineKind {
  if (line.trim() === '') return 'blank';
  if (/^#{1,6} /.test(line)) return 'heading';
  if (line.startsWith('- ')) return 'list';
  return line.startsWith('|') ? 'table' : 'paragraph';
}

function blockOf(kind: LineKind, lines: readonly string[]): CardBlock | null {
  const [first = ''] = lines;
  if (kind === 'blank') return null;
  if (kind === 'heading') {
    const level = first.indexOf(' ');
    return { kind, level, spans: spansOf(first.slice(level + 1)) };
  }
  if (kind === 'list') return { kind, items: lines.map((line) => spansOf(line.slice(2))) };
  if (kind === 'paragraph') return { kind, spans: spansOf(lines.join(' ')) };
  const [head = [], , ...rows] = lines.map(cellsOf);
  return { kind, head, rows };
}

function cellsOf(line: string): readonly string[] {
  const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
  return cells.slice(1, -1);
}

function spansOf(text: string): readonly Span[] {
  return text
    .split('`')
    .map((part, index) => ({ text: part, code: index % 2 === 1 }))
    .filter((span) => span.text !== '');
}
