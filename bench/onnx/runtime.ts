/** onnxruntime-node, as far as the benchmark uses it; it is loaded when first asked for. */
import { createRequire } from 'node:module';

export interface OrtTensor {
  data: Float32Array;
  dispose(): void;
}

export interface OrtSession {
  run(feeds: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}

interface Ort {
  env: { versions: { node?: string; common: string } };
  Tensor: new (type: 'float32', data: Float32Array, shape: number[]) => OrtTensor;
  InferenceSession: {
    create(model: Uint8Array, options: Record<string, unknown>): Promise<OrtSession>;
  };
}

function load(): Ort {
  const name = 'onnxruntime-node';
  try {
    return createRequire(__filename)(name) as Ort;
  } catch (error) {
    const reason = (error as Error).message;
    throw new Error(`cannot load ${name} (npm install --ignore-scripts brings it): ${reason}`);
  }
}

export function ortVersion(): string {
  const { versions } = load().env;
  return versions.node ?? versions.common;
}

export function ortTensor(data: Float32Array, shape: number[]): OrtTensor {
  return new (load().Tensor)('float32', data, shape);
}

/** A session of a model's bytes on the CPU, with all of ONNX Runtime's optimizations. */
export function ortSession(model: Uint8Array, threads: number): Promise<OrtSession> {
  return load().InferenceSession.create(model, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  });
}
