/**
 * Runs in the sandbox beside the page, and gives it one function a task: no message channel, no event object and
 * nothing of Electron's reaches the page itself.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { channels } from './channels.ts';

const bridge = {
  /** Asks the application; answers `{ result }` or `{ error }`. */
  call: (name: string, request: unknown): Promise<unknown> =>
    ipcRenderer.invoke(channels.call, String(name), request),

  /** @returns what ends the subscription */
  onEvent(listener: (event: unknown) => void): () => void {
    const hand = (_event: unknown, told: unknown): void => listener(told);
    ipcRenderer.on(channels.event, hand);
    return () => void ipcRenderer.off(channels.event, hand);
  },

  /** Where dropped files and folders lie; those without a place on the disk are left out. */
  pathsOfFiles: (files: readonly File[]): readonly string[] =>
    files.map((file) => webUtils.getPathForFile(file)).filter((path) => path !== ''),

  /** The system's dialog for folders; null when it was cancelled. */
  chooseFolders: (): Promise<unknown> => ipcRenderer.invoke(channels.chooseFolders),
};

contextBridge.exposeInMainWorld('genoise', bridge);
