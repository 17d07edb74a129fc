import type { KeyAction } from '../../state/keys.svelte.ts';
import type { ClassRow } from '../../../shared/records.ts';
import type { Labelling } from './labelling.svelte.ts';

/** Keys that mean something on this screen: no class gets one of them. */
export const reservedKeys: readonly string[] = ['U', 'S', 'G', 'N'];

/** Class keys belong to the project, not to this computer. */
export const classKeysChangedIn = 'changed beside the class on the Label screen';

interface Ways {
  readonly toggleGrid: () => void;
  readonly nameClass: () => void;
}

/** The keys of the screen for labelling: those of the classes first. */
export function labelKeys(
  labelling: Labelling,
  classes: readonly ClassRow[],
  { toggleGrid, nameClass }: Ways,
): readonly KeyAction[] {
  const ofClasses = classes.flatMap((row) =>
    row.key === null
      ? []
      : [
          {
            name: `label.class${row.id}`,
            label: `Label as “${row.name}”`,
            keys: [row.key],
            changedIn: classKeysChangedIn,
            run: () => labelling.give(row.id),
          },
        ],
  );
  return [
    ...ofClasses,
    {
      name: 'label.unsure',
      label: 'Unsure: look at it again later',
      keys: ['U'],
      run: () => labelling.mark('unsure'),
    },
    {
      name: 'label.skip',
      label: 'Skip: do not ask again',
      keys: ['S'],
      run: () => labelling.mark('skipped'),
    },
    { name: 'label.next', label: 'Next image', keys: ['ArrowRight'], repeats: true, run: labelling.next },
    {
      name: 'label.previous',
      label: 'Image before',
      keys: ['ArrowLeft'],
      repeats: true,
      run: labelling.previous,
    },
    {
      name: 'label.remove',
      label: 'Take the label away',
      keys: ['Delete', 'Backspace'],
      run: () => labelling.give(null),
    },
    { name: 'label.undo', label: 'Undo', keys: ['Mod+Z'], run: labelling.undo },
    { name: 'label.redo', label: 'Do again', keys: ['Mod+Shift+Z', 'Mod+Y'], run: labelling.redo },
    { name: 'label.grid', label: 'One image or a grid', keys: ['G'], run: toggleGrid },
    { name: 'label.newClass', label: 'Name a new class', keys: ['N'], run: nameClass },
  ];
}
