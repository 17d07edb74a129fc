import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openTerminal, type Terminal } from '../../../main/cli/terminal.ts';
import { genoiseError } from '../../../shared/errors.ts';

interface Opened {
  readonly terminal: Terminal;
  readonly out: () => string;
  readonly err: () => string;
}

function open({ json = false, live = false, columns = 80 } = {}): Opened {
  const [out, err] = [recorder(), recorder()];
  const errStream = Object.assign(err.stream, { isTTY: live, columns });
  return {
    terminal: openTerminal(json, { out: out.stream, err: errStream }),
    out: out.text,
    err: err.text,
  };
}

function recorder(): { stream: Writable; text: () => string } {
  let text = '';
  const write = (chunk: Buffer, _: unknown, done: () => void): void => {
    text += chunk.toString();
    done();
  };
  return { stream: new Writable({ write }), text: () => text };
}

const failure = genoiseError('no-such-folder', { folder: '/x' });

describe('openTerminal', () => {
  it('speaks to people on standard output, and of progress on standard error', () => {
    const { terminal, out, err } = open();
    terminal.line('read');
    terminal.progress('1 of 2');
    terminal.result('done', { n: 2 });
    expect(out()).toBe('read\ndone\n');
    expect(err()).toBe('1 of 2\n');
  });

  it('leaves standard output to the one object with --json', () => {
    const { terminal, out, err } = open({ json: true });
    terminal.line('read');
    terminal.note('beside');
    terminal.result('done', { n: 2 });
    expect(out()).toBe('{"n":2}\n');
    expect(err()).toBe('read\nbeside\ndone\n');
  });

  it('tells a failure on standard error, and with --json as the object too', () => {
    const plain = open();
    plain.terminal.failure(failure);
    expect(plain.out()).toBe('');
    expect(plain.err()).toBe(`Error: ${failure.message}\n${failure.remedy}\n`);
    const json = open({ json: true });
    json.terminal.failure(failure);
    expect(JSON.parse(json.out())).toEqual({
      error: {
        code: 'no-such-folder',
        message: failure.message,
        remedy: failure.remedy,
        details: { folder: '/x' },
      },
    });
  });

  it('shows where a fault of its own comes from', () => {
    const { terminal, err } = open();
    terminal.failure(new TypeError('x is undefined'));
    expect(err()).toContain('terminal.test.ts');
    expect(err()).toContain('Error: Something went wrong that should not: x is undefined.');
  });

  it('does not flood a file with progress', () => {
    const { terminal, err } = open();
    for (let i = 0; i < 1000; i++) terminal.progress(`step ${i}`);
    expect(err()).toBe('step 0\n');
  });

  it('overwrites progress on a terminal, within its width, and clears it before a line', () => {
    const { terminal, err } = open({ live: true, columns: 10 });
    terminal.progress('0123456789abc');
    terminal.progress('step 2');
    terminal.note('beside');
    const clear = '\r\u001b[2K';
    expect(err()).toBe(`${clear}012345678${clear}step 2${clear}beside\n`);
  });
});
