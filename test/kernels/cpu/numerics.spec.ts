import fc from 'fast-check';

import {
  activate,
  asymmetricQuantizer,
  bf16Bits,
  int4Epilogue,
  int8Epilogue,
  quantize,
  questLimit,
  roundHalfEven,
  roundToBf16,
  symmetricQuantizer,
} from '../../../src/kernels/cpu/numerics';
import { assert, checkProperty } from '../../support/properties';
import { nearestBf16 } from '../../support/references';

const anyFloat32 = fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((bits) => {
  return new Float32Array(Uint32Array.of(bits).buffer)[0];
});

describe('bf16', () => {
  it('rounds to the nearest value, ties to even', () => {
    // 1 + 2⁻⁸ lies between 1 and 1 + 2⁻⁷, whose last bits are 0 and 1.
    expect(roundToBf16(1 + 2 ** -8)).toBe(1);
    expect(roundToBf16(1 + 3 * 2 ** -8)).toBe(1 + 2 ** -6);
    expect(roundToBf16(1 + 2 ** -8 + 2 ** -20)).toBe(1 + 2 ** -7);
    expect(roundToBf16(-0)).toBe(-0);
    expect(roundToBf16(3.4028235e38)).toBe(Infinity);
    expect(roundToBf16(-Infinity)).toBe(-Infinity);
    expect(roundToBf16(1e-45)).toBe(0);
  });

  it('makes every NaN the same one', () => {
    expect(bf16Bits(NaN)).toBe(0x7fc0);
    const stored = Float32Array.of(roundToBf16(NaN), roundToBf16(-NaN));
    expect(Array.from(new Uint32Array(stored.buffer))).toEqual([0x7fc00000, 0x7fc00000]);
  });

  it('agrees with the definition for any float32', () => {
    checkProperty(anyFloat32, (value) => {
      const [got, expected] = [roundToBf16(value), nearestBf16(value)];
      assert(Object.is(got, expected), () => `${value}: got ${got}, expected ${expected}`);
      assert(Number.isNaN(value) || bf16Bits(got) === bf16Bits(value), () => `${value} moved`);
    });
  });
});

describe('roundHalfEven', () => {
  it('rounds ties to even', () => {
    const cases = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, 2.4999998];
    expect(cases.map((value) => roundHalfEven(value) + 0)).toEqual([-2, -2, 0, 0, 2, 2, 4, 2]);
  });

  it('leaves integers, infinities and NaN alone', () => {
    const cases = [2 ** 23 + 1, -(2 ** 31), 3.4e38, Infinity, -Infinity, NaN, 8388607];
    expect(cases.map(roundHalfEven)).toEqual(cases);
  });
});

describe('activate', () => {
  it('keeps NaN and makes -0 a +0', () => {
    for (const activation of ['relu', 'relu6'] as const) {
      expect(activate(NaN, activation)).toBeNaN();
      expect(activate(-0, activation)).toBe(0);
      expect(activate(-3, activation)).toBe(0);
      expect(activate(5, activation)).toBe(5);
    }
    expect(activate(-0, 'linear')).toBe(-0);
    expect(activate(7, 'relu')).toBe(7);
    expect(activate(7, 'relu6')).toBe(6);
    expect(activate(Infinity, 'relu6')).toBe(6);
  });
});

describe('epilogues', () => {
  it('multiply by sa before sb, each product rounded to float32', () => {
    // 3e38 · 2 overflows float32 before 1e-38 would bring it back.
    expect(int8Epilogue(2, Math.fround(3e38), 1e-38, undefined, 'linear')).toBe(Infinity);
    expect(int8Epilogue(2, Math.fround(1e-38), Math.fround(3e38), undefined, 'linear')).toBe(6);
  });

  it('round the integer sum to float32 first', () => {
    // 2²⁴ + 1 is not a float32; three times the sum itself would round to 3·2²⁴ + 4.
    expect(int8Epilogue(2 ** 24 + 1, 3, 1, -3 * 2 ** 24, 'linear')).toBe(0);
  });

  it('add the bias before the activation', () => {
    expect(int8Epilogue(-3, 1, 1, 5, 'relu')).toBe(2);
    expect(int4Epilogue(-3, 5, 'relu')).toBe(2);
    expect(int4Epilogue(10, -2, 'relu6')).toBe(6);
    expect(int4Epilogue(-0, undefined, 'linear')).toBe(-0);
  });
});

describe('quantizers', () => {
  it('are constant for zeros, and for ranges too small to invert', () => {
    expect(symmetricQuantizer(0, 127, 0)).toEqual({ scale: 1, inverse: 0, zero: 0 });
    expect(symmetricQuantizer(1e-40, 127, 0)).toEqual({ scale: 1, inverse: 0, zero: 0 });
    expect(symmetricQuantizer(0, 7, 8)).toEqual({ scale: 1, inverse: 0, zero: 8 });
    expect(asymmetricQuantizer(0, 0, 255, -128)).toEqual({ scale: 1, inverse: 0, zero: 0 });
  });

  it('have scale NaN where a value, or the range, is not finite', () => {
    for (const amax of [NaN, Infinity]) {
      expect(symmetricQuantizer(amax, 127, 0)).toEqual({ scale: NaN, inverse: 0, zero: 0 });
    }
    for (const [lo, hi] of [
      [NaN, NaN],
      [-Infinity, 0],
      [0, Infinity],
      [Math.fround(-3e38), Math.fround(3e38)],
    ]) {
      expect(asymmetricQuantizer(lo, hi, 255, -128)).toEqual({ scale: NaN, inverse: 0, zero: 0 });
    }
  });

  it('place zero so that the range fits', () => {
    const int8 = asymmetricQuantizer(0, 255, 255, -128);
    expect(int8).toEqual({ scale: 1, inverse: 1, zero: -128 });
    expect([0, 127.5, 128.5, 255].map((v) => quantize(v, int8, -128, 127))).toEqual([
      -128, 0, 0, 127,
    ]);
    const int4 = asymmetricQuantizer(-15, 0, 15, 0);
    expect(int4).toEqual({ scale: 1, inverse: 1, zero: 15 });
  });

  it('clip at a multiple of the root mean square by quest, each step rounded', () => {
    expect(questLimit(8, 2, 3)).toBe(6);
    expect(questLimit(0, 0, 3)).toBe(0);
    expect(questLimit(Infinity, 4, 3)).toBe(Infinity);
    expect(questLimit(NaN, 4, 3)).toBeNaN();
    const root = Math.fround(Math.sqrt(Math.fround(1 / 3)));
    expect(questLimit(1, 3, 0.1)).toBe(Math.fround(0.1 * root));
  });

  it('clamp', () => {
    const quantizer = { scale: 1, inverse: 1, zero: 3 };
    expect(quantize(1000, quantizer, -128, 127)).toBe(127);
    expect(quantize(-1000, quantizer, -128, 127)).toBe(-128);
    expect(quantize(-1000, { scale: 1, inverse: 0, zero: 3 }, -128, 127)).toBe(3);
  });
});
