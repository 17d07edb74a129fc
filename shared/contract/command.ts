import { z } from 'zod';

/**
 * One thing that a door (window, browser tab) can ask of the application. What goes in and what comes out is checked
 * against these schemas where it crosses a process boundary, in both directions.
 */
export interface Command<Request, Result> {
  readonly request: z.ZodType<Request>;
  readonly result: z.ZodType<Result>;
}

export function command<Request, Result>(
  request: z.ZodType<Request>,
  result: z.ZodType<Result>,
): Command<Request, Result> {
  return { request, result };
}

/** For a command that needs nothing, or answers nothing. */
export const nothing: z.ZodType<null> = z.null();

/** A number that names a row. */
export function id<T extends number>(): z.ZodType<T> {
  return z.number().int().positive() as unknown as z.ZodType<T>;
}

export const json: z.ZodType<import('../records.ts').Json> = z.json();
