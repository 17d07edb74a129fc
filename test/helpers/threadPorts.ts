/** How many ports to threads this process holds open: one more for each thread that runs. */
export function threadPorts(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
}
