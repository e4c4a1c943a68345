/** NumPy's .npy: a magic number, a version, a header that is a Python literal, the elements. */
import type { NumberArray } from './array_file';

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');

interface ElementType {
  bytes: number;
  read(data: Buffer, offset: number): number;
}

const TYPES: Record<string, ElementType | undefined> = {
  '<f4': { bytes: 4, read: (data, offset) => data.readFloatLE(offset) },
  '<f8': { bytes: 8, read: (data, offset) => data.readDoubleLE(offset) },
  '<i4': { bytes: 4, read: (data, offset) => data.readInt32LE(offset) },
  '<i8': { bytes: 8, read: (data, offset) => Number(data.readBigInt64LE(offset)) },
  '|i1': { bytes: 1, read: (data, offset) => data.readInt8(offset) },
  '|u1': { bytes: 1, read: (data, offset) => data.readUInt8(offset) },
};

export function parseNpy(file: Buffer): NumberArray {
  if (file.length < 12 || !file.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new Error('it does not begin as a .npy file does');
  }
  const isLong = file[6] > 1;
  const headerStart = isLong ? 12 : 10;
  const dataStart = headerStart + (isLong ? file.readUInt32LE(8) : file.readUInt16LE(8));
  const header = file.subarray(headerStart, dataStart).toString('latin1');
  const { type, shape } = parseHeader(header);
  const data = file.subarray(dataStart);
  const size = shape.reduce((product, length) => product * length, 1);
  if (data.length !== size * type.bytes) {
    throw new Error(`it has ${data.length} bytes of elements, expected ${size * type.bytes}`);
  }
  return {
    shape,
    values: Float64Array.from({ length: size }, (_, i) => type.read(data, i * type.bytes)),
  };
}

function parseHeader(header: string): { type: ElementType; shape: number[] } {
  const descr = /'descr': '([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order': (True|False)/.exec(header)?.[1];
  const shape = /'shape': \(([\d, ]*)\)/.exec(header)?.[1];
  if (order === undefined || shape === undefined) {
    throw new Error('its header is not understood');
  }
  if (order === 'True') throw new Error('it is in Fortran order, expected C order');
  const type = TYPES[descr ?? ''];
  if (type === undefined) {
    throw new Error(`its elements are ${descr}, expected one of ${Object.keys(TYPES).join(', ')}`);
  }
  return { type, shape: (shape.match(/\d+/g) ?? []).map(Number) };
}
