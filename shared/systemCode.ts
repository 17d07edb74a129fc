/** The system's word for a failure (`ENOENT`), as the reason in errors for people; `unknown` where there is none. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
