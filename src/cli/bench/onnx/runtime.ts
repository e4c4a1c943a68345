/** onnxruntime-node, as far as the benchmark uses it; it is loaded when first asked for. */
import { createRequire } from 'node:module';

import { StepError } from '../../steps/step_error';
import { resolveOptional } from '../optional_package';

export const ORT_PACKAGE = 'onnxruntime-node';

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

/** Throws a StepError. */
function load(): Ort {
  const remedy = `npm install --ignore-scripts ${ORT_PACKAGE}`;
  const file = resolveOptional(ORT_PACKAGE);
  if (file === undefined) throw new StepError(`${ORT_PACKAGE} is not installed`, { remedy });
  try {
    return createRequire(file)(file) as Ort;
  } catch (error) {
    throw new StepError(`cannot load ${ORT_PACKAGE}: ${(error as Error).message}`, { remedy });
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
