import type { Configuration } from 'electron-builder';

/** Folders with native code: the system's loader needs real files, and finds there what lies beside them. */
const native = ['better-sqlite3', 'sharp', '@img', 'onnxruntime-node'];

export interface PackageFolders {
  /** What `npm run build` made. */
  readonly built?: string;
  readonly output?: string;
  /** An unpacked Electron that is not to be downloaded. */
  readonly electronDist?: string;
}

/** What is packed, and how, for one system. Only what that system can run of native packages goes with it. */
export function packageOptions(
  platform: NodeJS.Platform,
  arch: string,
  { built = 'out', output = 'dist', electronDist }: PackageFolders = {},
): Configuration {
  const runtimes = 'node_modules/onnxruntime-node/bin/napi-v6';
  return {
    appId: 'app.genoise.desktop',
    productName: 'Genoise',
    directories: { output, buildResources: 'out/icons' },
    ...(electronDist !== undefined && { electronDist }),
    files: [
      'package.json',
      { from: built, to: 'out', filter: ['{main,preload,renderer}/**', '!renderer/gallery*'] },
      `!${runtimes}/!(${platform})/**`,
      `!${runtimes}/${platform}/!(${arch})/**`,
      '!node_modules/onnxruntime-node/script/**',
      `!node_modules/better-sqlite3/prebuilds/!(${platform}-${arch}).node`,
      '!node_modules/better-sqlite3/{deps,src}/**',
      '!node_modules/**/*.{ts,cts,mts,map}',
      '!node_modules/**/{test,tests,__tests__,example,examples}/**',
    ],
    asar: true,
    asarUnpack: ['**/*.node', ...native.map((name) => `node_modules/${name}/**`)],
    // Node-API binaries are the same in Node and Electron.
    npmRebuild: false,
    electronFuses: {
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
      loadBrowserProcessSpecificV8Snapshot: false,
      // There are no cookies, and the system's key ring would ask for a password.
      enableCookieEncryption: false,
    },
    linux: {
      target: ['AppImage', 'deb'],
      executableName: 'genoise',
      category: 'Graphics',
      icon: 'out/icons',
      maintainer: 'Genoise',
    },
    mac: {
      target: ['dmg', 'zip'],
      category: 'public.app-category.graphics-design',
      icon: 'out/icons/icon.icns',
    },
    win: { target: ['nsis'], icon: 'out/icons/icon.ico' },
    publish: null,
  };
}
