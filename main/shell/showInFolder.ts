import { shell } from 'electron';

/** Shows a file or folder in the system's file manager. It opens nothing: what is in it is started by nobody. */
export function showInFolder(path: string): void {
  shell.showItemInFolder(path);
}
