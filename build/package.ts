/**
 * Packs the built application (`npm run package`): `--dir` for a folder instead of installers, `--electron <folder>`
 * for an unpacked Electron that is not to be downloaded, `--built <folder>`, `--output <folder>`.
 */
import { parseArgs } from 'node:util';
import { build } from 'electron-builder';
import { makeIcons } from './makeIcons.ts';
import { packageOptions } from './packageOptions.ts';

const { values } = parseArgs({
  options: {
    dir: { type: 'boolean' },
    electron: { type: 'string' },
    built: { type: 'string' },
    output: { type: 'string' },
  },
});

await makeIcons('out/icons');
await build({
  config: packageOptions(process.platform, process.arch, {
    ...(values.electron !== undefined && { electronDist: values.electron }),
    ...(values.built !== undefined && { built: values.built }),
    ...(values.output !== undefined && { output: values.output }),
  }),
  ...(values.dir === true && { dir: true }),
  publish: 'never',
});
