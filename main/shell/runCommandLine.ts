import { app } from 'electron';
import { useForker } from '../app/useForker.ts';
import { forkUtility } from './forkUtility.ts';

/**
 * Runs a command in place of the window: the same program, without one. Ends the process with the exit code that the
 * command has set.
 */
export async function runCommandLine(run: () => Promise<void>): Promise<void> {
  app.dock?.hide();
  // On Linux Chromium would look for a window system before it is ready, and end where there is none.
  if (process.platform === 'linux') app.commandLine.appendSwitch('ozone-platform', 'headless');
  app.disableHardwareAcceleration();
  // Without this, a command that ends its last window, having none, would be ended early.
  app.on('window-all-closed', () => undefined);
  // Utility processes can be started only from then on.
  await app.whenReady();
  useForker(forkUtility);
  try {
    await run();
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
  app.exit(Number(process.exitCode ?? 0));
}
