/** npx tfjs-qutlass quantize: a saved model, quantized and saved. */
import { resolve } from 'node:path';

import type { LayersModel } from '@tensorflow/tfjs-layers';

import type {
  ActivationFormat,
  FormatName,
  QuantizationReport,
  QuantizeModelOptions,
} from '../../layers';
import type { ScaleMethod } from '../../ops';
import { type Command, type OptionValues, UsageError } from '../arguments';
import { readInputs } from '../models/inputs';
import { type Package, loadPackage } from '../models/load_package';
import { readModel } from '../models/model_file';
import { checkTarget, writeFolder } from '../models/result_folder';
import { Stages } from '../models/stages';
import { StepError } from '../steps/step_error';

type LayerOptions = Pick<
  QuantizeModelOptions,
  'weights' | 'activations' | 'groupSize' | 'symmetric' | 'method' | 'rotation'
>;

/** What is measured, on which files of inputs, in place of one format for all layers. */
interface Calibration {
  files: string[];
  maxError: number;
}

/** Throws UsageError where one of `options` is given and goes only with `others`. */
function refuse(options: OptionValues, others: string): void {
  const given = Object.keys(options).find((name) => options[name] !== undefined);
  if (given !== undefined) throw new UsageError(`--${given} is for ${others}`);
}

/** Throws UsageError. */
function layerOptions(values: OptionValues): LayerOptions {
  const { weights, activations, 'group-size': groupSize, symmetric, method, hadamard } = values;
  if (weights !== 'int4') {
    refuse({ 'group-size': groupSize, symmetric, activations }, '--weights int4');
  } else if (activations === 'int4') {
    refuse({ 'group-size': groupSize, symmetric }, '--activations bf16 or int8');
  } else if (activations !== 'int8') {
    refuse({ method }, '--weights int8, or --activations int8 or int4');
  }
  if (groupSize !== undefined && !(/^\d+$/.test(String(groupSize)) && isGroupSize(+groupSize))) {
    throw new UsageError(`--group-size is '${groupSize}', expected a positive multiple of 8`);
  }
  return {
    weights: weights as FormatName | undefined,
    ...(groupSize === undefined ? {} : { groupSize: Number(groupSize) }),
    ...(symmetric === true ? { symmetric } : {}),
    ...(activations === undefined ? {} : { activations: activations as ActivationFormat }),
    ...(method === undefined ? {} : { method: method as ScaleMethod }),
    ...(hadamard === undefined ? {} : { rotation: { hadamard: Number(hadamard) } }),
  };
}

function isGroupSize(size: number): boolean {
  return size > 0 && size % 8 === 0;
}

/** Undefined where it is not asked for. Throws UsageError. */
function calibrationOf(values: OptionValues): Calibration | undefined {
  const { calibrate, 'max-error': maxError, weights, hadamard, method } = values;
  if (calibrate === undefined && maxError === undefined) return undefined;
  if (calibrate === undefined || maxError === undefined) {
    throw new UsageError('--calibrate and --max-error go together');
  }
  if (weights !== undefined) {
    throw new UsageError('--weights is one format for all layers, --calibrate chooses by layer');
  }
  refuse({ hadamard, method }, 'one format for all layers, --calibrate measures without');
  if (!/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(String(maxError))) {
    throw new UsageError(`--max-error is '${maxError}', expected a number such as 0.01`);
  }
  return { files: calibrate as string[], maxError: Number(maxError) };
}

/** Whether a path is one of those to skip. Throws UsageError for a pattern that fits no layer. */
function skipper(patterns: string[], paths: string[]): (path: string) => boolean {
  const matchers = patterns.map((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
    const matcher = new RegExp(`^${parts.join('.*')}$`);
    if (paths.some((path) => matcher.test(path))) return matcher;
    throw new UsageError(`--skip '${pattern}' fits none of the layers ${paths.join(', ')}`);
  });
  return (path) => matchers.some((matcher) => matcher.test(path));
}

/** The filter that `suggest` finds on the calibration inputs; without them, one that takes all. */
function chosenFilter(
  tf: Package,
  model: LayersModel,
  calibration: Calibration | undefined,
): NonNullable<QuantizeModelOptions['filter']> {
  if (calibration === undefined) return () => true;
  const { files, maxError } = calibration;
  const inputs = readInputs(tf, model, files);
  try {
    return tf.qutlass.suggest(model, inputs, { maxError }).filter;
  } catch (error) {
    throw new StepError(`cannot calibrate: ${(error as Error).message}`);
  } finally {
    tf.dispose(inputs);
  }
}

function formats({ layers }: QuantizationReport): string {
  return layers.map(({ format }) => format).join();
}

/** Throws a StepError where the model is as it was. */
function checkGain(path: string, before: QuantizationReport, after: QuantizationReport): void {
  if (formats(before) !== formats(after)) return;
  const reasons = after.layers.map(({ layer, reason, format }) => `${layer}: ${reason ?? format}`);
  throw new StepError(`no layer of ${path} was quantized, nothing is written`, {
    output: reasons.join('\n') || undefined,
  });
}

export const quantize: Command = {
  name: 'quantize',
  summary: 'quantize a saved model and save what comes of it',
  description: `Loads a layers model, quantizes it as tf.qutlass.quantizeModel does, and saves it in the folder <out>,
which is then there whole or not at all.`,
  arguments: {
    model: 'a model.json of tfjs, or its folder',
    out: 'the folder for model.json and weights.bin',
  },
  options: {
    weights: { value: 'int8|int4', description: 'the format of the weights (default: int8)' },
    'group-size': {
      value: 'N',
      description: 'int4: how many weights share a scale, a multiple of 8 (default: 128)',
    },
    symmetric: { description: 'int4: no zero points' },
    activations: {
      value: 'bf16|int8|int4',
      description: 'int4: what inputs are multiplied as (default: bf16)',
    },
    hadamard: {
      value: '16|32|64|128|256|512|1024',
      description: 'rotate inputs and weights in blocks of this size',
    },
    method: {
      value: 'abs_max|quest',
      description:
        'int8, and int8 or int4 activations: what the largest integer of a row stands for',
    },
    skip: {
      value: 'PATTERN',
      multiple: true,
      description: "leave these layers: 'logits', 'encoder/*'; may be repeated",
    },
    calibrate: {
      value: 'FILE',
      multiple: true,
      description: 'choose by layer, on these inputs: .json or .npy, once an input, in order',
    },
    'max-error': {
      value: 'E',
      description: 'with --calibrate: how far outputs may be off, e.g. 0.01',
    },
    'in-place': {
      value: 'on|off',
      default: 'on',
      description: 'free each float weight as soon as its layer is done',
    },
    force: { description: 'replace the model that is in <out>' },
    json: { description: 'for programs: {"out", "layers": [...], "bytesBefore", "bytesAfter"}' },
  },

  async run(values) {
    const { model: path, skip = [], 'in-place': inPlace, json } = values;
    const out = String(values.out);
    const force = values.force === true;
    const options = layerOptions(values);
    const calibration = calibrationOf(values);
    checkTarget(out, force);

    const tf = loadPackage();
    const { inspectModel, printReport, quantizeModel } = tf.qutlass;
    const stages = new Stages(calibration === undefined ? 3 : 4);
    const model = await stages.run(`load ${path}`, () => readModel(tf, String(path)));
    const before = inspectModel(model);
    const isSkipped = skipper(
      skip as string[],
      before.layers.map(({ layer }) => layer),
    );
    const find = () => chosenFilter(tf, model, calibration);
    const choose = calibration === undefined ? find() : await stages.run('calibrate', find);
    const metadata = model.getUserDefinedMetadata() as object | undefined;
    const quantized = await stages.run('quantize', (progress) => {
      let [done, total] = [0, 1];
      progress?.count('', total, () => done);
      return quantizeModel(model, {
        ...options,
        filter: (layer, layerPath) => !isSkipped(layerPath) && choose(layer, layerPath),
        inPlace: inPlace === 'on',
        onLayer: (_, ...counts) => {
          [done, total] = counts;
          progress?.count('', total, () => done);
          progress?.refresh();
        },
      });
    });
    const report = inspectModel(quantized);
    checkGain(String(path), before, report);
    if (metadata !== undefined) quantized.setUserDefinedMetadata(metadata);
    await stages.run(`write ${out}`, () =>
      writeFolder(out, force, (folder) => quantized.save(`file://${folder}`)),
    );
    if (json === true) console.log(JSON.stringify({ out: resolve(out), ...report }, null, 2));
    else printReport(report);
    return 0;
  },
};
