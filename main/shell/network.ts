import { app, type Session } from 'electron';
import { isOwnAddress } from './addresses.ts';

/**
 * Chromium's own conversations with its maker and with the network, off: Genoise works for itself. Before ready.
 * No name can be looked up either, so what would still want to go out does not get far.
 */
export function switchNetworkOff(): void {
  const { commandLine } = app;
  for (const name of [
    'disable-background-networking',
    'disable-component-update',
    'disable-sync',
    'no-pings',
  ])
    commandLine.appendSwitch(name);
  commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
  commandLine.appendSwitch('force-webrtc-ip-handling-policy', 'disable_non_proxied_udp');
}

/** Every request of every page that is not for our own two schemes is refused. */
export function blockRequests(session: Session): void {
  session.webRequest.onBeforeRequest(({ url }, answer) =>
    answer({ cancel: !isOwnAddress(url) && !isTool(url) }),
  );
}

/** The developer tools' own pages, which only a copy that is not packaged has. */
function isTool(url: string): boolean {
  return !app.isPackaged && url.startsWith('devtools://');
}
