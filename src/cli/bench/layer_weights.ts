/** One copy of a layer's weights, in whatever formats the providers ask for. */
import type { Tensor2D } from '@tensorflow/tfjs-core';

import type { Package } from '../models/load_package';

/** Makes the layer's float32 weights `[k, n]`, rotated along k; the caller disposes of them. */
export type MakeKernel = (hadamard: number) => Tensor2D;

interface Kept {
  value: unknown;
  free: () => unknown;
}

export class LayerWeights {
  private readonly kept = new Map<string, Kept>();

  constructor(
    readonly tf: Package,
    readonly makeKernel: MakeKernel,
    /** Of the libraries that are told by each call. */
    readonly threads: number,
  ) {}

  /** What is made of float weights, at the first time that it is asked for under this name. */
  async quantized<T>(
    name: string,
    hadamard: number,
    make: (kernel: Tensor2D) => T | Promise<T>,
    free: (made: T) => unknown,
  ): Promise<T> {
    const found = this.kept.get(name);
    if (found !== undefined) return found.value as T;
    const kernel = this.makeKernel(hadamard);
    try {
      const value = await make(kernel);
      this.kept.set(name, { value, free: () => free(value) });
      return value;
    } finally {
      kernel.dispose();
    }
  }

  async dispose(): Promise<void> {
    for (const { free } of this.kept.values()) await free();
    this.kept.clear();
  }
}
