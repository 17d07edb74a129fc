import { EventEmitter } from 'node:events';
import { received } from './received.ts';

type Verdict = (answer: { cancel?: boolean }) => void;
type BeforeRequest = (details: { url: string }, answer: Verdict) => void;
type PermissionRequest = (contents: null, permission: string, answer: (granted: boolean) => void) => void;

/** Electron's default session. What was set is kept, for pages and tests to ask. */
class StandInSession extends EventEmitter {
  beforeRequest: BeforeRequest | null = null;
  permissionRequest: PermissionRequest | null = null;
  permissionCheck: (() => boolean) | null = null;
  devicePermission: (() => boolean) | null = null;
  readonly webRequest = {
    onBeforeRequest: (listener: BeforeRequest) => {
      this.beforeRequest = listener;
    },
  };

  setPermissionRequestHandler(handler: PermissionRequest): void {
    this.permissionRequest = handler;
  }

  setPermissionCheckHandler(handler: () => boolean): void {
    this.permissionCheck = handler;
  }

  setDevicePermissionHandler(handler: () => boolean): void {
    this.devicePermission = handler;
  }

  /** Whether the shell lets a page load an address. */
  allows(url: string): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.beforeRequest === null) resolve(true);
      else this.beforeRequest({ url }, ({ cancel = false }) => resolve(!cancel));
    }).then((allowed) => {
      if (allowed !== true) received.refused.push(url);
      return allowed === true;
    });
  }
}

export const session = { defaultSession: new StandInSession() };
