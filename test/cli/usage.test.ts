import { describe, expect, it } from 'vitest';
import { genoise, genoiseJson } from '../helpers/commandLine.ts';

const commands = ['import', 'status', 'pretrain', 'label', 'train', 'evaluate', 'export', 'predict'];

interface UsageError {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

describe('the command line', () => {
  it('lists its commands with --help', async () => {
    const { status, out, err } = await genoise(['--help']);
    expect(status).toBe(0);
    expect(err).toBe('');
    for (const command of commands) expect(out).toMatch(new RegExp(`^  ${command} `, 'm'));
  });

  it.each(commands)('explains %s with --help', async (command) => {
    const { status, out, err } = await genoise([command, '--help']);
    expect(status).toBe(0);
    expect(err).toBe('');
    expect(out).toMatch(new RegExp(`^Usage: genoise ${command} .*<`));
    expect(out).toContain('--json');
  });

  it('tells its version', async () => {
    expect((await genoise(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('shows what there is where no command is named, and fails', async () => {
    const { status, out, err } = await genoise([]);
    expect(status).toBe(1);
    expect(out).toBe('');
    expect(err).toContain('Usage: genoise');
  });

  it('tells a mistake in a sentence, with where to look, and fails', async () => {
    const { status, out, err } = await genoise(['pretrain', 'p', '--epochs', 'many']);
    expect(status).toBe(1);
    expect(out).toBe('');
    expect(err).toBe(
      "Error: The command cannot be understood: option '--epochs <number>' argument 'many' is invalid. " +
        'expected a whole number of at least 1.\nSee what it takes: genoise pretrain --help\n',
    );
  });

  it.each([
    [['pretrain', 'p', '--method', 'magic'], /'magic' is invalid.*simclr, moco-v2, barlow-twins/],
    [['pretrain', 'p', '--encoder', 'vgg'], /resnet18, resnet34, resnet50/],
    [['pretrain', 'p', '--width', '9'], /a number from 0.125 to 4/],
    [['pretrain', 'p', '--hard-negatives', '11'], /a number from 0 to 10/],
    [['pretrain', 'p', '--batch', '1.5'], /a whole number of at least 2/],
    [['pretrain', 'p', '--device', 'tpu'], /auto, cpu, webgpu/],
    [['label', 'p', '--fraction', '2'], /a number from 0 to 1/],
    [['import', 'p', 'f', '--held-out', '0.9'], /a number from 0 to 0.5/],
    [['train', 'p'], /--mode <name>' not specified/],
    [['export', 'p'], /--out <folder>' not specified/],
    [['import', 'p'], /missing required argument 'folder'/],
    [['status', 'p', 'q'], /too many arguments/],
    [['status', 'p', '--colour'], /unknown option '--colour'/],
    [['paint', 'p'], /unknown command 'paint'/],
  ])('refuses %j', async (args, problem) => {
    const { status, data, err } = await genoiseJson(args);
    expect(status).toBe(1);
    const { code, message, remedy } = data.error as UsageError;
    expect(code).toBe('usage');
    expect(message).toMatch(problem);
    expect(remedy).toMatch(/genoise .*--help$/);
    expect(err).toBe(`Error: ${message}\n${remedy}\n`);
  });
});
