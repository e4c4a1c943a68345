/** A TensorFlow graph as the converter writes it into model.json, and how to read its nodes. */

/** One of these is set. int64 values are strings there, bytes base64. */
export interface Attribute {
  i?: string | number;
  f?: number;
  b?: boolean;
  s?: string | number[];
  type?: string | number;
  list?: { i?: (string | number)[]; s?: (string | number[])[] };
  [other: string]: unknown;
}

export interface NodeDef {
  name: string;
  op: string;
  input?: string[];
  attr?: Record<string, Attribute>;
}

export interface GraphDef {
  node: NodeDef[];
  library?: { function?: { nodeDef?: NodeDef[] }[] };
  versions?: object;
}

/** The inputs of a node that carry values; those that only order nodes come after them. */
export function dataInputs({ input = [] }: NodeDef): string[] {
  return input.filter((name) => !name.startsWith('^'));
}

export function controlInputs({ input = [] }: NodeDef): string[] {
  return input.filter((name) => name.startsWith('^'));
}

/** The node that an input names: 'dense/kernel' of 'dense/kernel:0'. */
export function nodeOfInput(input: string): string {
  return input.replace(/^\^/, '').split(':')[0];
}

export function booleanAttribute({ attr }: NodeDef, name: string): boolean {
  return attr?.[name]?.b === true;
}

export function integerAttribute({ attr }: NodeDef, name: string): number | undefined {
  const value = attr?.[name]?.i;
  return value === undefined ? undefined : Number(value);
}

export function textAttribute({ attr }: NodeDef, name: string): string | undefined {
  const bytes = attr?.[name]?.s;
  return bytes === undefined ? undefined : textOf(bytes);
}

export function textsAttribute({ attr }: NodeDef, name: string): string[] {
  return (attr?.[name]?.list?.s ?? []).map(textOf);
}

export function numbersAttribute({ attr }: NodeDef, name: string): number[] {
  return (attr?.[name]?.list?.i ?? []).map(Number);
}

export const attributeOf = {
  integer: (value: number): Attribute => ({ i: String(value) }),
  integers: (values: number[]): Attribute => ({ list: { i: values.map(String) } }),
  float: (value: number): Attribute => ({ f: value }),
  boolean: (value: boolean): Attribute => ({ b: value }),
  text: (value: string): Attribute => ({ s: btoa(value) }),
};

/** The node of a constant; its values are among the model's weights, under the same name. */
export function constantNode(name: string, dtype: 'int32' | 'float32', shape: number[]): NodeDef {
  const type = dtype === 'int32' ? 'DT_INT32' : 'DT_FLOAT';
  const tensorShape = { dim: shape.map((size) => ({ size: String(size) })) };
  return {
    name,
    op: 'Const',
    attr: { dtype: { type }, value: { tensor: { dtype: type, tensorShape } } },
  };
}

function textOf(bytes: string | number[]): string {
  return Array.isArray(bytes) ? String.fromCharCode(...bytes) : atob(bytes);
}
