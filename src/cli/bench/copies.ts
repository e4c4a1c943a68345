/** Copies of a layer's weights: with more of them than the cache holds, they are cold. */
import type { Tensor2D } from '@tensorflow/tfjs-core';

import type { Package } from '../models/load_package';
import { LayerWeights, type MakeKernel } from './layer_weights';
import type { Product, Provider } from './providers/provider';

/** How many copies of a provider's weights take at least so many bytes; 1 where none are asked for. */
export function copiesNeeded(
  { bytesPerWeight }: Provider,
  weights: number,
  coldBytes: number,
): number {
  return Math.max(1, Math.ceil(coldBytes / (weights * bytesPerWeight)));
}

/** One product that uses those of several copies in turn. */
function inTurn(products: Product[]): Product {
  let calls = 0;
  let last = products[0];
  return {
    call: () => {
      last = products[calls++ % products.length];
      return last.call();
    },
    settle: () => last.settle(),
    result: () => products[0].result(),
    dispose: async () => {
      for (const product of products) await product.dispose();
    },
  };
}

export class LayerCopies {
  private readonly copies: LayerWeights[] = [];

  /**
   * @param first What the first copy makes its weights of.
   * @param others What the others do: float weights in memory of their own.
   */
  constructor(
    private readonly tf: Package,
    private readonly first: MakeKernel,
    private readonly others: MakeKernel,
    private readonly threads: number,
  ) {}

  /** A provider's product by so many copies of the weights. */
  async product(provider: Provider, x: Tensor2D, count: number): Promise<Product> {
    while (this.copies.length < count) {
      const makeKernel = this.copies.length === 0 ? this.first : this.others;
      this.copies.push(new LayerWeights(this.tf, makeKernel, this.threads));
    }
    const products: Product[] = [];
    for (const copy of this.copies.slice(0, count)) products.push(await provider.product(copy, x));
    return count === 1 ? products[0] : inTurn(products);
  }

  async dispose(): Promise<void> {
    for (const copy of this.copies) await copy.dispose();
  }
}
