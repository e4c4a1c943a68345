/**
 * Messages in protobuf's wire format (https://protobuf.dev/programming-guides/encoding): just the
 * kinds of fields that an ONNX model has.
 */

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** A non-negative integer, 7 bits a byte, the lowest first. */
function varint(value: number): Buffer {
  const bytes = [];
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value % 0x80) | 0x80);
  return Buffer.from([...bytes, value]);
}

function tag(field: number, wireType: number): Buffer {
  return varint(field * 8 + wireType);
}

export function integerField(field: number, value: number): Buffer {
  return Buffer.concat([tag(field, VARINT), varint(value)]);
}

/** Bytes, or a message: the concatenation of its fields. */
export function bytesField(field: number, ...parts: Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([tag(field, LENGTH_DELIMITED), varint(length), ...parts]);
}

export function stringField(field: number, value: string): Buffer {
  return bytesField(field, Buffer.from(value, 'utf8'));
}
