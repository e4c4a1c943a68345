/** A layer while it is measured: its weights are made once and serve every M. */
import type { Tensor2D } from '@tensorflow/tfjs-core';

import type { Package } from '../models/load_package';
import { Expectation, isRight } from './checks';
import { LayerCopies, copiesNeeded } from './copies';
import { type Calls, type Effort, callsOf, measure } from './measure';
import type { Product, Provider } from './providers/provider';
import { randomInput, randomKernel } from './random_matrix';
import { type Measurement, measurementOf } from './results';
import type { Shape } from './shapes';

/** How all cells are measured. */
export interface Conditions {
  /** Of ONNX Runtime, which is told with each session. */
  threads: number;
  /** The bytes that copies of the weights take together; 0 for one copy. */
  coldBytes: number;
  effort: Effort;
  signal: AbortSignal;
}

/** What comes of a cell. */
export interface MeasuredCell {
  measurements: Measurement[];
  /** Providers whose results are wrong, which were not timed, and their errors. */
  wrong: { provider: Provider; error: number }[];
}

export class MeasuredLayer {
  private readonly kernel: Tensor2D;
  private readonly copies: LayerCopies;

  constructor(
    private readonly tf: Package,
    private readonly shape: Shape,
    private readonly conditions: Conditions,
  ) {
    const { k, n } = shape;
    this.kernel = randomKernel(tf, k, n);
    const make = (hadamard: number) => randomKernel(tf, k, n, hadamard);
    const first = (hadamard: number) => (hadamard === 0 ? this.kernel.clone() : make(hadamard));
    this.copies = new LayerCopies(tf, first, make, conditions.threads);
  }

  async measure(m: number, providers: readonly Provider[]): Promise<MeasuredCell> {
    const x = randomInput(this.tf, m, this.shape.k);
    const products = new Map<Provider, Product>();
    try {
      const errors = await this.check(x, providers, products);
      const right = providers.filter((p) => isRight(p.format, errors.get(p)!));
      const measurements = await this.time(m, right, products, errors);
      const wrong = providers
        .filter((provider) => !right.includes(provider))
        .map((provider) => ({ provider, error: errors.get(provider)! }));
      return { measurements, wrong };
    } finally {
      for (const product of products.values()) await product.dispose();
      x.dispose();
    }
  }

  async dispose(): Promise<void> {
    await this.copies.dispose();
    this.kernel.dispose();
  }

  /** Adds each provider's product to `products`; answers their errors. */
  private async check(
    x: Tensor2D,
    providers: readonly Provider[],
    products: Map<Provider, Product>,
  ): Promise<Map<Provider, number>> {
    const { coldBytes, signal } = this.conditions;
    const expectation = new Expectation(this.tf, x, this.kernel);
    const errors = new Map<Provider, number>();
    try {
      for (const provider of providers) {
        signal.throwIfAborted();
        const count = copiesNeeded(provider, this.kernel.size, coldBytes);
        const product = await this.copies.product(provider, x, count);
        products.set(provider, product);
        const result = await product.result();
        errors.set(provider, expectation.errorOf(result));
        result.dispose();
      }
    } finally {
      expectation.dispose();
    }
    return errors;
  }

  private async time(
    m: number,
    providers: readonly Provider[],
    products: Map<Provider, Product>,
    errors: Map<Provider, number>,
  ): Promise<Measurement[]> {
    const { coldBytes, effort, signal } = this.conditions;
    const calls: Record<string, Calls> = {};
    for (const provider of providers) calls[provider.name] = callsOf(products.get(provider)!);
    const times = await measure(calls, effort, signal);
    return providers.map((provider) =>
      measurementOf(provider, this.shape, m, {
        us: times[provider.name],
        cold: coldBytes > 0,
        maxRelativeError: errors.get(provider)!,
      }),
    );
  }
}
