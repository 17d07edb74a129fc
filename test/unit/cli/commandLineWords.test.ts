import { describe, expect, it } from 'vitest';
import { forCommandLine } from '../../../main/cli/commandLineWords.ts';
import { errorToPlain, genoiseError } from '../../../shared/errors.ts';

describe('what the command line says of an error', () => {
  it('names the options where the window speaks of what they mean', () => {
    const error = errorToPlain(
      genoiseError('batch-too-large', { batch: 512, reason: 'it is', suggestion: 64 }),
    );
    expect(error.remedy).toContain('a batch of 64 images');
    expect(forCommandLine(error)).toEqual({
      ...error,
      remedy: 'Use --batch 64 or less, a smaller --image-size, or a smaller --width.',
    });
  });

  it('calls an option by its name', () => {
    const error = errorToPlain(
      genoiseError('invalid-option', { option: '--image-size', value: '4', expected: 'at least 8' }),
    );
    expect(error.message).toBe('The image size cannot be "4".');
    expect(forCommandLine(error).message).toBe('--image-size cannot be "4".');
  });

  it('leaves all others as they are', () => {
    const error = errorToPlain(genoiseError('no-such-folder', { folder: '/x' }));
    expect(forCommandLine(error)).toEqual(error);
  });
});
