/** Gradients of a dense product by central differences, in float64. */
import type { FusedActivation } from '../../src/ops';

export interface DenseProduct {
  /** `[M, K]` */
  x: number[][];
  /** `[N, K]` */
  w: number[][];
  bias: number[];
  activation: FusedActivation;
  /** `[M, N]`: what the outputs are multiplied with before they are summed. */
  dy: number[][];
}

const STEP = 2 ** -16;

function activate(value: number, activation: FusedActivation): number {
  if (activation === 'linear') return value;
  return Math.min(Math.max(value, 0), activation === 'relu6' ? 6 : Infinity);
}

/** Σ dy · act(x · wᵀ + bias) */
function loss({ x, w, bias, activation, dy }: DenseProduct): number {
  let sum = 0;
  x.forEach((row, m) =>
    w.forEach((weights, n) => {
      const product = weights.reduce((acc, weight, k) => acc + weight * row[k], bias[n]);
      sum += dy[m][n] * activate(product, activation);
    }),
  );
  return sum;
}

/** The change of the loss with each of `values`, which belong to the product. */
function differences(product: DenseProduct, values: number[]): number[] {
  return values.map((value, i) => {
    const lossAt = (changed: number) => {
      values[i] = changed;
      return loss(product);
    };
    const slope = (lossAt(value + STEP) - lossAt(value - STEP)) / (2 * STEP);
    values[i] = value;
    return slope;
  });
}

/** dx `[M·K]` and dbias `[N]`. */
export function finiteDifferences(product: DenseProduct): { dx: number[]; dbias: number[] } {
  return {
    dx: product.x.flatMap((row) => differences(product, row)),
    dbias: differences(product, product.bias),
  };
}
