import { describe, expect, it } from 'vitest';
import {
  errorCatalogue,
  errorFromPlain,
  errorToPlain,
  GenoiseError,
  genoiseError,
} from '../../shared/errors.ts';

describe('the error catalogue', () => {
  it('puts the parameters into one sentence and one remedy', () => {
    const error = genoiseError('unknown-class', {
      file: 'labels.csv',
      line: 7,
      className: 'oka',
      known: ['oak', 'elm'],
    });
    expect(error.message).toContain('Line 7 of "labels.csv"');
    expect(error.message).toContain('"oka"');
    expect(error.remedy).toContain('oak, elm');
    expect(error.details).toEqual({ file: 'labels.csv', line: 7, className: 'oka', known: ['oak', 'elm'] });
  });

  it('crosses a process boundary unchanged', () => {
    const error = genoiseError('device-unavailable', {
      device: 'webgpu',
      reason: 'no adapter',
      found: ['cpu'],
    });
    const arrived = errorFromPlain(structuredClone(errorToPlain(error)));
    expect(arrived).toBeInstanceOf(GenoiseError);
    expect(arrived.code).toBe('device-unavailable');
    expect(arrived.message).toBe(error.message);
    expect(arrived.remedy).toBe(error.remedy);
    expect(arrived.details).toEqual(error.details);
  });

  it('turns any other error into an internal one that keeps its message', () => {
    expect(errorToPlain(new TypeError('x is undefined'))).toMatchObject({
      code: 'internal',
      details: { message: 'x is undefined' },
    });
    expect(errorToPlain('text').details).toEqual({ message: 'text' });
  });

  it('keeps the cause for logs', () => {
    const cause = new Error('ENOSPC');
    expect(genoiseError('disk-full', { folder: '/data' }, cause).cause).toBe(cause);
  });

  it.each(Object.entries(errorCatalogue))('%s is in kebab case and says whole sentences', (code, row) => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    const texts = [row.sentence, row.remedy].map((text) => (text as (params: unknown) => string)(anyParams));
    for (const text of texts) {
      expect(text).toMatch(/^["A-Z-].*[.>\w]$/);
      expect(text).not.toMatch(/undefined|\[object|NaN/);
    }
  });

  it.each(Object.entries(errorCatalogue).filter(([code]) => !typedOnly.includes(code)))(
    '%s tells a window nothing that has to be typed',
    (_, row) => {
      const texts = [row.sentence, row.remedy].map((text) =>
        (text as (params: unknown) => string)(anyParams),
      );
      for (const text of texts) expect(text).not.toMatch(/--|\bgenoise\b|\bnpm\b|<\w+|\bcommand again/);
    },
  );
});

/** Of the programs that are started by typing: no window is open yet that could show them. */
const typedOnly = ['usage', 'port-in-use', 'cannot-listen', 'pages-not-built'];

/** Serves as text, number and list at once: the rows' own types say which of them each parameter is. */
const anyValue = Object.assign(['One', 'Two'], {
  toString: () => 'Value',
  toFixed: () => '1.0',
  valueOf: () => 2,
});
const anyParams: unknown = new Proxy(
  {},
  { get: (_, name) => (name === 'option' ? '--image-size' : anyValue) },
);
