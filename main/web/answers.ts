import { errorToPlain, type ErrorCode } from '../../shared/errors.ts';
import type { ServerResponse } from 'node:http';

/** A sentence for a person whose browser asked for what it cannot have. */
export function answerText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  response
    .writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' })
    .end(JSON.stringify(value));
}

const statuses: Partial<Record<ErrorCode, number>> = {
  'not-admitted': 401,
  'bad-request': 400,
  'bad-file-name': 400,
  'drop-interrupted': 409,
  'disk-full': 507,
};

/** `{ error: PlainError }`, as on the socket. */
export function answerError(response: ServerResponse, error: unknown): void {
  const plain = errorToPlain(error);
  answerJson(response, statuses[plain.code] ?? 500, { error: plain });
}
