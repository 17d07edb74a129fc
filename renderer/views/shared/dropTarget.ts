import type { Attachment } from 'svelte/attachments';
import { droppedFiles, holdsFiles } from '../../transport/droppedFiles.ts';
import type { DroppedFiles } from '../../transport/transport.ts';

/**
 * Takes files and folders that are dropped on an element.
 * @param over told while they are held over it
 */
export function dropTarget(
  take: (files: DroppedFiles) => void,
  over: (isOver: boolean) => void,
): Attachment<HTMLElement> {
  return (element) => {
    // Entering a child leaves its parent: counted, so that it does not flicker.
    let depth = 0;
    const stop = new AbortController();
    const on = (
      name: 'dragenter' | 'dragover' | 'dragleave' | 'drop',
      run: (event: DragEvent) => void,
    ): void => {
      const listener = (event: DragEvent): void => {
        if (!holdsFiles(event.dataTransfer)) return;
        event.preventDefault();
        run(event);
      };
      element.addEventListener(name, listener, { signal: stop.signal });
    };
    on('dragenter', () => {
      depth += 1;
      over(true);
    });
    on('dragover', (event) => {
      if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'copy';
    });
    on('dragleave', () => {
      depth = Math.max(0, depth - 1);
      if (depth === 0) over(false);
    });
    on('drop', (event) => {
      depth = 0;
      over(false);
      if (event.dataTransfer !== null) take(droppedFiles(event.dataTransfer));
    });
    return () => stop.abort();
  };
}
