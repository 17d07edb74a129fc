/**
 * What our pages may load: their own scripts, styles and pictures, and nothing of anybody else. The value of a
 * `Content-Security-Policy` header.
 * @param pictures where pictures come from, in the header's words: `'self' blob:`
 */
export function pagePolicy(pictures: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src ${pictures}`,
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
