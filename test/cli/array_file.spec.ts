import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { readArray } from '../../src/cli/models/array_file';
import { StepError } from '../../src/cli/steps/step_error';
import { npy } from './npy_file';
import { temporaryFolder } from '../support/temporary_folder';

const FLOATS = Float32Array.of(1, 2.5, -3, 4, 5, 6);

describe('files of inputs', () => {
  const folder = temporaryFolder();
  const file = (name: string, contents: string | Buffer) => {
    const path = join(folder(), name);
    writeFileSync(path, contents);
    return path;
  };
  const read = (name: string, contents: string | Buffer) => {
    const { shape, values } = readArray(file(name, contents));
    return { shape, values: Array.from(values) };
  };

  it('are nested lists in JSON', () => {
    expect(read('a.json', '[[1, 2.5, -3], [4, 5, 6]]')).toEqual({
      shape: [2, 3],
      values: Array.from(FLOATS),
    });
    expect(read('a.json', '[]')).toEqual({ shape: [0], values: [] });
  });

  it('are .npy files of numbers of any usual type', () => {
    const integers = Array.from(FLOATS, Math.trunc);
    const cases: [string, ArrayBufferView, number[]][] = [
      ['<f4', FLOATS, Array.from(FLOATS)],
      ['<f8', Float64Array.from(FLOATS), Array.from(FLOATS)],
      ['<i4', Int32Array.from(FLOATS), integers],
      ['<i8', BigInt64Array.from(integers, BigInt), integers],
      ['|i1', Int8Array.from(FLOATS), integers],
    ];
    for (const [type, data, values] of cases) {
      expect(read('a.npy', npy(type, [2, 3], data)))
        .withContext(type)
        .toEqual({
          shape: [2, 3],
          values,
        });
    }
    expect(read('a.npy', npy('|u1', [2], Uint8Array.of(7, 255)))).toEqual({
      shape: [2],
      values: [7, 255],
    });
  });

  it('that are wrong are named, with what came', () => {
    const fortran = Buffer.from(npy('<f4', [2, 3], FLOATS).toString('latin1'), 'latin1');
    fortran.write('True ', fortran.indexOf('False'), 'latin1');
    const whole = npy('<f4', [2, 3], FLOATS);
    const cases: [string, string | Buffer, RegExp][] = [
      ['a.csv', '1,2', /a\.csv is neither \.json nor \.npy/],
      ['a.json', '[1, 2', /cannot read inputs from .*a\.json: .*JSON/],
      ['a.json', '[[1, 2], [3]]', /the list\[1\] is a list of 1, expected a list of 2/],
      ['a.json', '[[1, 2], 3]', /the list\[1\] is 3, expected a list of 2/],
      ['a.json', '[[1, null]]', /the list\[0\]\[1\] is null, expected a number/],
      ['a.json', '{"x": 1}', /the list is \{"x":1\}, expected a number/],
      ['a.npy', 'numpy? not at all', /does not begin as a \.npy file does/],
      ['a.npy', whole.subarray(0, -3), /21 bytes of elements, expected 24/],
      ['a.npy', npy('>f4', [2, 3], FLOATS), /its elements are >f4, expected one of <f4, <f8/],
      ['a.npy', fortran, /in Fortran order, expected C order/],
    ];
    for (const [name, contents, message] of cases) {
      expect(() => readArray(file(name, contents))).toThrowError(StepError, message);
    }
    expect(() => readArray(join(folder(), 'none.npy'))).toThrowError(StepError, /ENOENT/);
  });
});
