import { InvalidArgumentError, Option, type Command } from 'commander';
import { methodChoices, type NamedChoice } from '../../shared/pretraining.ts';

/** Parsers for the values of options, each of which says what it expects, and options that several commands have. */

export function wholeNumber(minimum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= minimum) return value;
    throw new InvalidArgumentError(`expected a whole number of at least ${minimum}.`);
  };
}

export function numberBetween(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`expected a number from ${low} to ${high}.`);
  };
}

/** `auto` gives undefined: the application chooses. */
export function autoOr<T>(parse: (text: string) => T): (text: string) => T | undefined {
  return (text) => (text === 'auto' ? undefined : parse(text));
}

export function namesOf(choices: readonly NamedChoice[]): string[] {
  return choices.map(({ name }) => name);
}

/** `--method`, with the method to start with unless another is given. */
export function methodOption(description: string): Option {
  return new Option('--method <name>', description)
    .choices(namesOf(methodChoices))
    .default(methodChoices[0].name);
}

/** The options that were written on the command line, as they are written: `--batch`. */
export function givenOptions(command: Command): readonly string[] {
  return command.options
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .map((option) => option.long ?? option.flags);
}
