import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { anyAddress } from './requestOrigin.ts';

/** How a door that listens on `host` is named in an address that a person opens. */
export function printedHost(host: string): string {
  const name = anyAddress.includes(host) ? (firstAddress() ?? '127.0.0.1') : host;
  return isIPv6(name) ? `[${name}]` : name;
}

/** An address by which other machines know this one. */
function firstAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}
