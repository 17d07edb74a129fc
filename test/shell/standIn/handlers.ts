import { received, type Scheme } from './received.ts';

type Handler = (event: object, ...given: unknown[]) => unknown;
type SchemeHandler = (request: Request) => Promise<Response>;

/** What answers the preload's calls. */
export const ipcHandlers = new Map<string, Handler>();
/** What answers requests, by scheme. */
export const schemeHandlers = new Map<string, SchemeHandler>();

export const ipcMain = {
  handle: (channel: string, handler: Handler) => void ipcHandlers.set(channel, handler),
};

export const protocol = {
  registerSchemesAsPrivileged: (schemes: readonly Scheme[]) => void received.schemes.push(...schemes),
  handle: (scheme: string, handler: SchemeHandler) => void schemeHandlers.set(scheme, handler),
};

/** Asks the handler of an address. The request of a scheme like `image:` is none that Node's class would take. */
export async function answerAddress(url: string, method = 'GET'): Promise<Response> {
  const handler = schemeHandlers.get(url.slice(0, url.indexOf(':')));
  if (handler === undefined) return new Response(null, { status: 404 });
  return handler({ url, method } as Request);
}
