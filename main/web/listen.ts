import { genoiseError } from '../../shared/errors.ts';
import { systemCode } from '../../shared/systemCode.ts';
import type { Server } from 'node:http';

/**
 * Starts to listen.
 * @returns the port
 * @throws port-in-use, cannot-listen
 */
export async function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, exclusive: true }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EADDRINUSE') throw genoiseError('port-in-use', { port }, error);
    throw genoiseError('cannot-listen', { host, port, reason: code }, error);
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}
