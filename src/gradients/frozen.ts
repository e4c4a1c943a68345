/** Quantized operands have no gradients: integers know no small changes, and scales go with them. */

type Refusal = () => never;

/** For each of these inputs of an op, what throws where its gradient is asked for. */
export function frozen(op: string, inputs: string[], remedy: string): { [input: string]: Refusal } {
  const refuse = (input: string) => () => {
    throw new Error(`${op}: ${input} is part of quantized values and has no gradient; ${remedy}`);
  };
  return Object.fromEntries(inputs.map((input) => [input, refuse(input)]));
}
