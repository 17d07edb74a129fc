import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Who may come in. */
export interface Access {
  /** Whether this is the token of the printed address. */
  isToken(text: string): boolean;
  /** Whether a request carries the cookie that the token was exchanged for. */
  isAdmitted(request: IncomingMessage): boolean;
  /** A `Set-Cookie` header that admits a browser until it is closed. Scripts cannot read it, other sites not use it. */
  admittingCookie(): string;
}

export interface AccessOptions {
  readonly token: string;
  /** What the cookie holds. The same one after a new start lets open pages go on. */
  readonly secret: string;
  /** Cookies are one for all ports of a host: the name keeps two doors apart. */
  readonly port: number;
}

export function createAccess({ token, secret, port }: AccessOptions): Access {
  const name = `genoise-${port}`;
  return {
    isToken: (text) => isSame(text, token),
    isAdmitted: ({ headers }) => valuesOf(headers.cookie ?? '', name).some((value) => isSame(value, secret)),
    admittingCookie: () => `${name}=${secret}; Path=/; HttpOnly; SameSite=Strict`,
  };
}

/** In a time that does not tell how much of it is right, nor how long it should be. */
function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function valuesOf(header: string, name: string): readonly string[] {
  return header.split(';').flatMap((pair) => {
    const [key, ...rest] = pair.trim().split('=');
    return key === name ? [rest.join('=')] : [];
  });
}
