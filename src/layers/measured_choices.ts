/** What each way to quantize each layer of a model takes and costs, measured one at a time. */
import { clone, dispose, keep, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { inspectModel, type LayerReport } from './inspect_model';
import { outputsOf } from './outputs_of';
import type { QuantizeLayerOptions, QuantizeModelOptions } from './quantization_plan';
import { quantizeModel } from './quantize_model';
import { relativeError } from './relative_error';

/** One way to store a layer. */
export interface Choice {
  /** What a filter answers for it: false leaves the layer as it is. */
  answer: QuantizeLayerOptions | false;
  /** 'int8', 'int4 g128', 'float32' */
  format: string;
  /** Of all weights of the layer. */
  bytes: number;
  /** Of the model's outputs, where this layer alone is stored so. */
  error: number;
}

/** A float model, the inputs that it is measured with, and its outputs for them. */
export interface Reference {
  model: LayersModel;
  inputs: Tensor | Tensor[];
  outputs: Tensor[];
}

/** Calls `use` with the outputs of `model`, and disposes of them. */
export function withReference<T>(
  model: LayersModel,
  inputs: Tensor | Tensor[],
  use: (reference: Reference) => T,
): T {
  const outputs: Tensor[] = [];
  try {
    tidy(() => {
      outputs.push(...outputsOf(model, inputs).map((output) => keep(clone(output))));
    });
    return use({ model, inputs, outputs });
  } finally {
    dispose(outputs);
  }
}

/** How far the outputs are from the reference where the model is quantized so, and its layers. */
export function measure(
  { model, inputs, outputs }: Reference,
  filter: QuantizeModelOptions['filter'],
): { error: number; layers: LayerReport[] } {
  const quantized = quantizeModel(model, { filter });
  try {
    const error = tidy(() => relativeError(outputsOf(quantized, inputs), outputs));
    return { error, layers: inspectModel(quantized).layers };
  } finally {
    // Not quantized.dispose(): that keeps the weights of a layer which is applied twice.
    dispose(quantized.weights.map((weight) => weight.read()));
  }
}

/**
 * By path, the choices for each layer that can be quantized, from the smallest to the one that
 * leaves it: each takes more than the one before, and errs less.
 */
export function measureChoices(
  reference: Reference,
  candidates: QuantizeLayerOptions[],
): Map<string, Choice[]> {
  const choices = new Map<string, Choice[]>();
  for (const row of inspectModel(reference.model).layers) {
    const measured = candidates.flatMap((answer) => measureChoice(reference, row.layer, answer));
    if (measured.length === 0) continue;
    const left = { answer: false as const, format: row.format, bytes: row.bytesAfter, error: 0 };
    choices.set(row.layer, worthwhile([...measured, left]));
  }
  return choices;
}

/** Empty where the layer cannot be stored so. */
function measureChoice(
  reference: Reference,
  layer: string,
  answer: QuantizeLayerOptions,
): Choice[] {
  const { error, layers } = measure(reference, (_, path) => (path === layer ? answer : false));
  const row = layers.find(({ layer: path }) => path === layer)!;
  return row.signalToNoise === undefined
    ? []
    : [{ answer, format: row.format, bytes: row.bytesAfter, error }];
}

/** Without those that another is no larger than and errs no more; NaN is never worth anything. */
function worthwhile(choices: Choice[]): Choice[] {
  const kept: Choice[] = [];
  let least = Infinity;
  for (const choice of [...choices].sort((a, b) => a.bytes - b.bytes || a.error - b.error)) {
    if (!(choice.error < least)) continue;
    kept.push(choice);
    least = choice.error;
  }
  return kept;
}
