import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';

/**
 * One instance a data folder: the first listens on a socket in it, a later one hands it what it has to say.
 * Electron answers at once, so the later one's question is asked in a process of its own, and waited for.
 */
export function askForLock(folder: string, data: unknown, onSecond: (data: unknown) => void): boolean {
  const path = join(folder, 'instance.sock');
  if (handedOver(path, JSON.stringify(data))) return false;
  rmSync(path, { force: true });
  const server = createServer((socket) => {
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('end', () => onSecond(JSON.parse(text)));
  });
  server.listen(path);
  server.unref();
  return true;
}

function handedOver(path: string, text: string): boolean {
  const script = `
    const socket = require('node:net').connect(process.argv[1]);
    socket.on('error', () => process.exit(1));
    socket.on('connect', () => socket.end(process.argv[2]));
    socket.on('close', () => process.exit(0));
    socket.resume();`;
  return spawnSync(process.execPath, ['-e', script, path, text], { stdio: 'ignore' }).status === 0;
}
