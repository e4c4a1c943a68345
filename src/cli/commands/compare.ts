/** npx tfjs-qutlass compare: how far a quantized model is from its original. */
import type { LayersModel } from '@tensorflow/tfjs-layers';

import type { ModelComparison } from '../../layers';
import type { Command } from '../arguments';
import { NOISE_ROWS, noiseInputs, readInputs } from '../models/inputs';
import { type Package, loadPackage } from '../models/load_package';
import { readModel } from '../models/model_file';
import { Stages } from '../models/stages';
import { tableLines } from '../models/table';
import { StepError } from '../steps/step_error';

function percent(error: number): string {
  return `${(100 * error).toPrecision(3)} %`;
}

function textReport({ layers, error, worst }: ModelComparison, inputs: string): string {
  const headings = ['layer', 'kind', 'format', 'error', 'error alone'];
  const rows = layers.map((row) => [
    ...[row.layer, row.kind, row.format],
    ...[percent(row.error), percent(row.errorAlone)],
  ]);
  return [
    ...tableLines(headings, rows, 3),
    '',
    `outputs differ by ${percent(error)} on ${inputs}`,
    worst === null ? 'no layer makes a difference' : `most of it from ${worst}`,
  ].join('\n');
}

/** compareModels' own checks are of what the command line names: no stack is worth showing. */
function compareOn(tf: Package, a: LayersModel, b: LayersModel, files: string[]): ModelComparison {
  const inputs = files.length > 0 ? readInputs(tf, a, files) : noiseInputs(tf, a);
  try {
    return tf.qutlass.compareModels(a, b, inputs);
  } catch (error) {
    throw new StepError(`the models cannot be compared: ${(error as Error).message}`);
  }
}

export const compare: Command = {
  name: 'compare',
  summary: 'tell how far a quantized model is from its original, layer by layer',
  description: `Runs both models on the same inputs. Of each layer it tells the error that has added up so far,
and that of the outputs where this layer alone is <b>'s.`,
  arguments: {
    a: 'the original: a model.json of tfjs, or its folder',
    b: 'the model that is compared with it',
  },
  options: {
    inputs: {
      value: 'FILE',
      multiple: true,
      description: `.json (nested lists) or .npy; once an input, in order (else ${NOISE_ROWS} rows of noise)`,
    },
    json: {
      description: 'for programs: {"layers": [...], "error", "worst", "inputs"}; null is NaN',
    },
  },

  async run({ a, b, inputs = [], json }) {
    const files = inputs as string[];
    const stages = new Stages(3);
    const tf = loadPackage();
    const original = await stages.run(`load ${a}`, () => readModel(tf, String(a)));
    const other = await stages.run(`load ${b}`, () => readModel(tf, String(b)));
    const comparison = await stages.run('compare', () => compareOn(tf, original, other, files));
    const described = files.length > 0 ? files : 'noise';
    console.log(
      json === true
        ? JSON.stringify({ ...comparison, inputs: described }, null, 2)
        : textReport(comparison, files.join(', ') || `${NOISE_ROWS} rows of noise`),
    );
    return 0;
  },
};
