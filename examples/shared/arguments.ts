import { parseArgs } from 'node:util';

/** @throws RangeError, fit to be shown, where the value of an option is no number above 0. */
export function positive(name: string, text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new RangeError(`--${name} is ${text}, expected a number above 0`);
}

/** @throws RangeError where the value is no whole number above 0. */
export function positiveInteger(name: string, text: string | undefined, fallback: number): number {
  const value = positive(name, text, fallback);
  if (Number.isInteger(value)) return value;
  throw new RangeError(`--${name} is ${text}, expected a whole number`);
}

/**
 * For programs that take --smoke and nothing else: what they do with it, in small, and without.
 *
 * @returns a function that answers null where help was asked for, and throws where an option is unknown.
 */
export function smokeOption<Size>(smoke: Size, full: Size): (args: string[]) => Size | null {
  return (args) => {
    const options = { smoke: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
    const { values } = parseArgs({ args, options });
    if (values.help) return null;
    return values.smoke ? smoke : full;
  };
}
