import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Before the wire in Electron's executable; @electron/fuses looks for it. */
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
/** As a fresh Electron has them, in the order of the wire. */
const freshWire = '10110001';

/**
 * A stand-in for an unpacked Electron, as much as electron-builder and the fuses ask for: its executable is a text with
 * the sentinel and a wire of fuses, and runs nothing.
 */
export function writeElectronFolder(folder: string): void {
  for (const path of ['resources', 'locales']) mkdirSync(join(folder, path), { recursive: true });
  for (const file of [
    'LICENSE',
    'LICENSES.chromium.html',
    'resources.pak',
    'chrome_100_percent.pak',
    'icudtl.dat',
  ])
    writeFileSync(join(folder, file), 'stand-in');
  writeFileSync(join(folder, 'version'), '45.4.1');
  writeFileSync(join(folder, 'locales/en-US.pak'), 'stand-in');
  const wire = Buffer.from([1, freshWire.length, ...Buffer.from(freshWire)]);
  writeFileSync(
    join(folder, 'electron'),
    Buffer.concat([Buffer.from(`stand-in ${sentinel}`), wire, Buffer.from('end')]),
  );
  chmodSync(join(folder, 'electron'), 0o755);
}

/** The wire of an executable: `1` on, `0` off, `r` not there. */
export function readFuses(executable: Buffer): string {
  const at = executable.indexOf(sentinel) + sentinel.length;
  const length = executable.readUInt8(at + 1);
  return executable.toString('latin1', at + 2, at + 2 + length);
}
