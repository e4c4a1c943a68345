/** What the cells of tf.layers do with the products of their projections. */
import { add, mul, split, sub, type Tensor } from '@tensorflow/tfjs-core';

/** What a step may use. */
export interface StepTools {
  /** A state times a part of the recurrent kernel. */
  recurrent: (state: Tensor, part: number) => Tensor;
  activation: (x: Tensor) => Tensor;
  recurrentActivation: (x: Tensor) => Tensor;
}

export interface RecurrentCell {
  /** The class of the float layer. */
  readonly className: string;
  /** Projections of the input, each `units` wide, side by side in the kernel. */
  readonly gates: number;
  /** How many of those each part of the recurrent kernel has: parts are multiplied apart. */
  readonly recurrentParts: readonly number[];
  /** How many states there are; the first is the output too. */
  readonly states: number;
  /** The next states, from the projections of the input, with their biases, and the states. */
  step(x: Tensor, states: Tensor[], tools: StepTools): Tensor[];
}

const simpleRNN: RecurrentCell = {
  className: 'SimpleRNN',
  gates: 1,
  recurrentParts: [1],
  states: 1,
  step(x, [h], { recurrent, activation }) {
    return [activation(add(x, recurrent(h, 0)))];
  },
};

const gru: RecurrentCell = {
  className: 'GRU',
  gates: 3,
  recurrentParts: [2, 1], // the candidate's state is multiplied by the reset gate first
  states: 1,
  step(x, [h], { recurrent, activation, recurrentActivation }) {
    const [xUpdate, xReset, xCandidate] = split(x, 3, 1);
    const [hUpdate, hReset] = split(recurrent(h, 0), 2, 1);
    const update = recurrentActivation(add(xUpdate, hUpdate));
    const reset = recurrentActivation(add(xReset, hReset));
    const candidate = activation(add(xCandidate, recurrent(mul(reset, h), 1)));
    return [add(mul(update, h), mul(sub(1, update), candidate))];
  },
};

const lstm: RecurrentCell = {
  className: 'LSTM',
  gates: 4,
  recurrentParts: [4],
  states: 2,
  step(x, [h, c], { recurrent, activation, recurrentActivation }) {
    const [input, forget, candidate, output] = split(add(x, recurrent(h, 0)), 4, 1);
    const kept = mul(recurrentActivation(forget), c);
    const carry = add(kept, mul(recurrentActivation(input), activation(candidate)));
    return [mul(recurrentActivation(output), activation(carry)), carry];
  },
};

// tfjs writes the values of a config in snake case: these names stay what they are.
export const RECURRENT_CELLS = { simple: simpleRNN, gru, lstm } as const;

export type RecurrentCellName = keyof typeof RECURRENT_CELLS;
