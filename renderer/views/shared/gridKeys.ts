import type { ImageList } from '../../state/imageList.svelte.ts';
import type { KeyAction } from '../../state/keys.svelte.ts';

interface Options {
  /** The position of the cursor is opened. */
  readonly open?: (position: number) => void;
  /** Enter and Space open; without it they select, as in `open`. */
  readonly scope: string;
}

/** The keys of a grid: arrows, with Shift to select, pages and ends; all, none and the others; open. */
export function gridKeys(list: ImageList, { open, scope }: Options): readonly KeyAction[] {
  const move = (name: string, label: string, key: string, to: () => number): readonly KeyAction[] => [
    {
      ...{ name: `${scope}.${name}`, label, keys: [key], repeats: true },
      run: () => list.total > 0 && list.moveTo(to()),
    },
    {
      ...{
        name: `${scope}.${name}Selecting`,
        label: `${label}, selecting`,
        keys: [`Shift+${key}`],
        repeats: true,
      },
      run: () => list.total > 0 && list.moveTo(to(), { extend: true }),
    },
  ];
  const page = (): number => list.columns * list.rowsInView;
  return [
    ...move('left', 'Go to the image before', 'ArrowLeft', () => list.cursor - 1),
    ...move('right', 'Go to the next image', 'ArrowRight', () => list.cursor + 1),
    ...move('up', 'Go up a row', 'ArrowUp', () => above(list)),
    ...move('down', 'Go down a row', 'ArrowDown', () => list.cursor + list.columns),
    ...move('pageUp', 'Go up a page', 'PageUp', () => list.cursor - page()),
    ...move('pageDown', 'Go down a page', 'PageDown', () => list.cursor + page()),
    ...move('first', 'Go to the first image', 'Home', () => 0),
    ...move('last', 'Go to the last image', 'End', () => list.total - 1),
    {
      ...{ name: `${scope}.toggle`, label: 'Select or unselect the image', keys: ['Mod+Space', 'X'] },
      run: () => list.toggle(list.cursor),
    },
    { name: `${scope}.all`, label: 'Select all that are listed', keys: ['Mod+A'], run: list.selectAll },
    { name: `${scope}.invert`, label: 'Select the others instead', keys: ['Mod+I'], run: list.invert },
    {
      ...{ name: `${scope}.none`, label: 'Select none', keys: ['Escape'] },
      run: () => list.selectedCount > 0 && (list.selectNone(), true),
    },
    ...(open === undefined
      ? []
      : [
          {
            ...{ name: `${scope}.open`, label: 'Look at the image closely', keys: ['Enter', 'Space'] },
            run: () => list.total > 0 && open(list.cursor),
          },
        ]),
  ];
}

/** The first row stays the first: the cursor does not go to another column. */
function above(list: ImageList): number {
  return list.cursor < list.columns ? list.cursor : list.cursor - list.columns;
}
