/** The only two schemes that exist for the window: its own pages, and pictures of the open project. */
export const appScheme = 'app';
export const imageScheme = 'image';

const appHost = 'genoise';
export const startPage = `${appScheme}://${appHost}/index.html`;

/** Whether an address is one of our own pages (in any place of it: the route is in its hash). */
export function isOwnPage(address: string | undefined): boolean {
  const url = parsed(address);
  return url?.protocol === `${appScheme}:` && url.host === appHost;
}

/** Whether the window may load an address at all. */
export function isOwnAddress(address: string): boolean {
  return isOwnPage(address) || parsed(address)?.protocol === `${imageScheme}:`;
}

function parsed(address: string | undefined): URL | null {
  return address === undefined ? null : URL.parse(address);
}
