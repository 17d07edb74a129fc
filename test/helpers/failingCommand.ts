import { expect } from 'vitest';
import { genoiseJson } from './commandLine.ts';

/** Runs a command that must fail, and checks that it tells the same thing to people and to programs. */
export async function failure(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<{ code: string; message: string; remedy: string; details: Record<string, unknown> }> {
  const { status, data, err } = await genoiseJson(args, environment);
  const error = data.error as Awaited<ReturnType<typeof failure>>;
  expect(status).toBe(1);
  expect(err).toContain(`Error: ${error.message}\n${error.remedy}\n`);
  return error;
}

/** Runs a command that must fail with this code, sentence and remedy. */
export async function expectFailure(
  args: readonly string[],
  code: string,
  message: RegExp,
  remedy: RegExp,
): Promise<void> {
  const error = await failure(args);
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
  expect(error.remedy).toMatch(remedy);
}
