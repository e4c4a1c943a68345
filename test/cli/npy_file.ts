/** A .npy file of version 1, as NumPy writes it. */
export function npy(descr: string, shape: number[], data: ArrayBufferView): Buffer {
  const dimensions = shape.map((length) => `${length},`).join(' ');
  const literal = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${dimensions}), }`;
  const header = `${literal.padEnd(117)}\n`; // with the 10 bytes before it, a multiple of 64
  const start = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1');
  start.writeUInt16LE(header.length, 8);
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.concat([start, Buffer.from(header, 'latin1'), bytes]);
}
