/**
 * What stands in the page for the `electron` module of a sandboxed preload, and the preload in it, as one script. Its
 * functions travel by a binding of Playwright's instead of Electron's channel.
 */
export function pageScript(preload: string): string {
  return `(() => {
    if (window !== window.top || location.host !== 'genoise.localhost') return;
    const listeners = new Map();
    window.standInTell = (channel, value) => {
      for (const listener of listeners.get(channel) ?? []) listener({}, value);
    };
    window.standInPaths = {};
    const electron = {
      contextBridge: {
        exposeInMainWorld: (name, api) => Object.defineProperty(window, name, { value: Object.freeze(api) }),
      },
      ipcRenderer: {
        invoke: (channel, ...given) => window.standInInvoke(channel, given),
        on: (channel, listener) => {
          listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
        },
        off: (channel, listener) => {
          listeners.set(channel, (listeners.get(channel) ?? []).filter((each) => each !== listener));
        },
      },
      webUtils: { getPathForFile: (file) => window.standInPaths[file.name] ?? '' },
    };
    const require = (name) => {
      if (name !== 'electron') throw new Error('a sandboxed preload cannot load ' + name);
      return electron;
    };
    ((require, module, exports) => {
      ${preload}
    })(require, { exports: {} }, {});
  })();`;
}
