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
