import { util, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { valueText } from '../ops/values';
import { inspectModel } from './inspect_model';
import {
  measure,
  measureChoices,
  withReference,
  type Choice,
  type Reference,
} from './measured_choices';
import { assertModel } from './model_tree';
import type { QuantizeLayerOptions } from './quantization_plan';

/** The options of `suggest`: one of the two budgets, and how layers may be quantized. */
export interface SuggestOptions {
  /** The most that the outputs may be off: sqrt(Σ(quantized − float)² / Σ float²). */
  maxError?: number;
  /** The most bytes that the model's weights may take, all of them. */
  maxBytes?: number;
  /**
   * By default int4 in groups of 128, of 32, and int8; a layer may also stay as it is. Where candidates
   * differ in `activations` alone, their bytes are the same, and the one that errs least is taken.
   */
  candidates?: QuantizeLayerOptions[];
}

/** What `suggest` chose for one layer. */
export interface SuggestedLayer {
  /** The layer's name below those of the nested models it is in: 'encoder/dense_1'. */
  layer: string;
  /** 'int8', 'int4 g128', or the dtype of the weights where it stays. */
  format: string;
  bytes: number;
  /** Of the model's outputs, where this layer alone is quantized so. */
  error: number;
}

/** What `suggest` returns. */
export interface Suggestion {
  /** For `quantizeModel`. */
  filter: (layer: layers.Layer, path: string) => false | QuantizeLayerOptions;
  /** The layers that can be quantized, in the model's order. */
  layers: SuggestedLayer[];
  /** Of all weights of the model, when it is quantized so. */
  bytes: number;
  /** Of the outputs for the calibration inputs, when the model is quantized so. */
  error: number;
}

const CANDIDATES: QuantizeLayerOptions[] = [
  { weights: 'int4', groupSize: 128 },
  { weights: 'int4', groupSize: 32 },
  { weights: 'int8' },
];

/**
 * Finds which layers to quantize how, so that a model meets a budget of error with few bytes, or a
 * budget of bytes with little error: a filter for `quantizeModel`.
 *
 * Each layer is quantized alone in each way, and what that does to the outputs is measured. Then all
 * layers start with the smallest of their choices, and those that gain the most accuracy a byte
 * take a larger one until the error, which is measured, is met, or the bytes are used up.
 *
 * ```js
 * const model = tf.sequential({layers: [
 *   tf.layers.dense({units: 64, activation: 'relu', inputShape: [32], name: 'hidden'}),
 *   tf.layers.dense({units: 8, name: 'logits'}),
 * ]});
 * const inputs = tf.randomNormal([64, 32]);
 * const {filter, layers, bytes, error} = tf.qutlass.suggest(model, inputs, {maxError: 0.02});
 * console.table(layers);
 * console.log(bytes, error);
 * const quantized = tf.qutlass.quantizeModel(model, {filter});
 * ```
 *
 * @param model the float model
 * @param inputs calibration inputs as `predict` takes them; they are run as one batch, once for each
 * layer and candidate.
 * @param options exactly one of `maxError` and `maxBytes`
 * @throws where an argument is not what it may be, or even the smallest choices take more bytes.
 *
 * @doc {heading: 'Models', subheading: 'Quantization', namespace: 'qutlass'}
 */
export function suggest(
  model: LayersModel,
  inputs: Tensor | Tensor[],
  options: SuggestOptions,
): Suggestion {
  assertModel('suggest', 'model', model);
  const { maxError, maxBytes, candidates = CANDIDATES } = options;
  assertBudget(maxError, maxBytes);
  return withReference(model, inputs, (reference) => {
    const search = new Search(reference, measureChoices(reference, candidates));
    if (maxError === undefined) search.spendBytes(maxBytes!);
    else search.reachError(maxError);
    return search.suggestion();
  });
}

function assertBudget(maxError: unknown, maxBytes: unknown): void {
  util.assert(
    (maxError === undefined) !== (maxBytes === undefined),
    () => 'suggest: expected one of maxError and maxBytes',
  );
  const [name, budget] = maxBytes === undefined ? ['maxError', maxError] : ['maxBytes', maxBytes];
  util.assert(
    typeof budget === 'number' && budget >= 0,
    () => `suggest: ${name} is ${valueText(budget)}, expected a number from 0 on`,
  );
}

/** A step of one layer to one of its larger choices. */
interface Step {
  path: string;
  to: number;
  bytes: number;
  /** The square of the error that it takes away, as if layers erred independently. */
  gain: number;
}

/** A choice for each layer, at first the smallest. */
class Search {
  private readonly chosen = new Map<string, number>();
  private readonly fixedBytes: number;

  constructor(
    private readonly reference: Reference,
    private readonly choices: Map<string, Choice[]>,
  ) {
    for (const path of choices.keys()) this.chosen.set(path, 0);
    this.fixedBytes = inspectModel(reference.model)
      .layers.filter(({ layer }) => !choices.has(layer))
      .reduce((sum, { bytesAfter }) => sum + bytesAfter, 0);
  }

  /** Takes the best steps that fit until none does. */
  spendBytes(budget: number): void {
    util.assert(
      this.bytes <= budget,
      () => `suggest: maxBytes is ${budget}, but the smallest choices take ${this.bytes}`,
    );
    for (;;) {
      const step = this.bestStep(budget - this.bytes);
      if (step === null) return;
      this.chosen.set(step.path, step.to);
    }
  }

  /** Takes the best steps until the measured error is within the budget. */
  reachError(budget: number): void {
    for (;;) {
      // Measuring takes a run of the model: not before there is hope. Errors may cancel out.
      if (this.expectedError <= 2 * budget && this.measuredError() <= budget) return;
      const step = this.bestStep(Infinity);
      if (step === null) return; // every layer stays as it is
      this.chosen.set(step.path, step.to);
    }
  }

  suggestion(): Suggestion {
    const layers = Array.from(this.choices.keys(), (layer): SuggestedLayer => {
      const { format, bytes, error } = this.choiceOf(layer);
      return { layer, format, bytes, error };
    });
    return { filter: this.filter(), layers, bytes: this.bytes, error: this.measuredError() };
  }

  private get bytes(): number {
    return Array.from(this.choices.keys()).reduce(
      (sum, path) => sum + this.choiceOf(path).bytes,
      this.fixedBytes,
    );
  }

  /** Of layers that err independently. */
  private get expectedError(): number {
    const errors = Array.from(this.choices.keys(), (path) => this.choiceOf(path).error);
    return Math.hypot(...errors);
  }

  private measuredError(): number {
    return measure(this.reference, this.filter()).error;
  }

  private filter(): Suggestion['filter'] {
    const answers = new Map(
      Array.from(this.choices.keys(), (path) => [path, this.choiceOf(path).answer]),
    );
    return (_, path) => answers.get(path) ?? false;
  }

  private choiceOf(path: string): Choice {
    return this.choices.get(path)![this.chosen.get(path)!];
  }

  /** The step that gains the most a byte, of those that take at most `budget` bytes. */
  private bestStep(budget: number): Step | null {
    let best: Step | null = null;
    for (const step of this.steps()) {
      if (step.bytes > budget) continue;
      if (best === null || step.gain / step.bytes > best.gain / best.bytes) best = step;
    }
    return best;
  }

  private *steps(): Generator<Step> {
    for (const [path, choices] of this.choices) {
      const from = this.choiceOf(path);
      for (let to = this.chosen.get(path)! + 1; to < choices.length; to++) {
        const { bytes, error } = choices[to];
        yield { path, to, bytes: bytes - from.bytes, gain: from.error ** 2 - error ** 2 };
      }
    }
  }
}
