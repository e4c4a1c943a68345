/** Property tests: bounded, from a fixed seed, each case in a scope of its own. */
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';

const SEED = 20517;
const RUNS = 200;

/** Expects `property` to throw for none of the cases that `arbitrary` makes. */
export function checkProperty<T>(arbitrary: fc.Arbitrary<T>, property: (given: T) => void): void {
  const inScope = (given: T) => {
    tf.engine().startScope();
    try {
      property(given);
    } finally {
      tf.engine().endScope();
    }
  };
  const details = fc.check(fc.property(arbitrary, inScope), { seed: SEED, numRuns: RUNS });
  expect(details.failed)
    .withContext(`${String(details.errorInstance)}\n${fc.defaultReportMessage(details)}`)
    .toBe(false);
}

/** @throws with `message` unless `condition` holds. */
export function assert(condition: boolean, message: () => string): void {
  if (!condition) throw new Error(message());
}

/** A size from 0 to `max`, often 0 or 1. */
export function size(max: number): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max }) },
    { weight: 1, arbitrary: fc.constantFrom(0, 1) },
  );
}

/** Zero to two batch axes. */
export const batchShape = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 });

function exactly<T>(length: number, element: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(element, { minLength: length, maxLength: length });
}

export function integersIn(min: number, max: number, length: number): fc.Arbitrary<number[]> {
  return exactly(length, fc.integer({ min, max }));
}

const INT32_MIN = -(2 ** 31);

/** Words with any bits. */
export function words(length: number): fc.Arbitrary<number[]> {
  const any = fc.integer({ min: INT32_MIN, max: 2 ** 31 - 1 });
  const extreme = fc.constantFrom(INT32_MIN, -1, 0, 0x7f7f7f7f, -0x7f7f7f80);
  return exactly(
    length,
    fc.oneof({ weight: 3, arbitrary: any }, { weight: 1, arbitrary: extreme }),
  );
}

const LIMIT = 1000;
const moderate = fc.float({ min: -LIMIT, max: LIMIT, noNaN: true });
const finiteExtreme = fc.constantFrom(0, -0, 1e-45, -1e-40, 1.1754944e-38, 3.4028235e38, -3.4e38);
const nonFinite = fc.constantFrom(NaN, Infinity, -Infinity);

/** float32 values of moderate size. */
export function moderateFloats(length: number): fc.Arbitrary<number[]> {
  return exactly(length, moderate);
}

/** float32 values, some of them at the edges of the format, and seldom NaN or infinite. */
export function anyFloats(length: number): fc.Arbitrary<number[]> {
  const element = fc.oneof(
    { weight: 40, arbitrary: moderate },
    { weight: 8, arbitrary: finiteExtreme },
    { weight: 1, arbitrary: nonFinite },
  );
  const tiny = fc.constantFrom(0, 1e-45, -1e-41, 2e-38);
  return fc.oneof(
    { weight: 4, arbitrary: exactly(length, element) },
    { weight: 1, arbitrary: exactly(length, moderate) },
    { weight: 1, arbitrary: exactly(length, tiny) },
    { weight: 1, arbitrary: fc.constant(new Array<number>(length).fill(0)) },
  );
}

/** Positive scales of the sizes that quantization gives. */
export function scales(length: number): fc.Arbitrary<number[]> {
  return exactly(length, fc.float({ min: Math.fround(1e-6), max: 2, noNaN: true }));
}

export const activations = fc.constantFrom('linear' as const, 'relu' as const, 'relu6' as const);
