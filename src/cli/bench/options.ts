/** The command line of `bench`. */
import { type OptionSpec, type OptionValues, UsageError } from '../arguments';
import type { Effort } from './measure';
import { BUILT_IN_MODELS, findModel } from './models';
import { PROVIDER_NAMES, type ProviderName } from './providers';
import { LAYERS, type LayerName, type Shape, layersOf, namedShape } from './shapes';

const LARGEST_BATCH = 2 ** 15;
const BATCH_SIZES = Array.from({ length: 16 }, (_, i) => 2 ** i);

/** Rotations are of these. */
const HADAMARD_SIZES = [16, 32, 64, 128, 256, 512, 1024].map(String);

export const BENCH_OPTIONS: Record<string, OptionSpec> = {
  models: {
    value: 'MODEL',
    list: true,
    description: `${BUILT_IN_MODELS.join(', ')}, or the path of a config.json of Hugging Face (default: Llama-3.1-8B)`,
  },
  'tp-sizes': {
    value: 'N',
    list: true,
    default: '1',
    description: 'over how many GPUs a layer is divided; the part of one is measured',
  },
  layers: {
    value: 'NAME',
    choices: LAYERS,
    list: true,
    default: LAYERS.join(' '),
    description: 'which layers of the models',
  },
  shapes: {
    value: 'NxK',
    list: true,
    description: 'weights by their sizes, such as 4096x1024, in place of models',
  },
  'batch-sizes': {
    value: 'M',
    list: true,
    description: `rows of x (default: 1 2 4 … ${LARGEST_BATCH}, as far as they fit)`,
  },
  providers: {
    value: 'NAME',
    choices: PROVIDER_NAMES,
    list: true,
    description: `what is compared: ${PROVIDER_NAMES.join(', ')} (default: all; onnxruntime on CPUs, where it is installed)`,
  },
  'had-sizes': {
    value: 'N',
    choices: HADAMARD_SIZES,
    list: true,
    description: `measure int8, int4a8 and int4a4 with rotations of these block sizes, too: ${HADAMARD_SIZES.join(', ')}`,
  },
  'group-size': {
    value: 'N',
    default: '128',
    description: 'how many weights share a scale in int4, int4a8 and in that of onnxruntime',
  },
  device: {
    value: 'cpu|gpu',
    description: 'where TensorFlow runs (default: the GPU, where tfjs-node-gpu finds one)',
  },
  threads: { value: 'N', description: 'of the CPU (default: as many as it has processors)' },
  cold: { description: 'weights that are not in the cache: copies of them are used in turn' },
  time: {
    value: 'SECONDS',
    default: '0.5',
    description: 'of sampling each provider in each cell; 3 to 21 samples are taken',
  },
  'longest-call': {
    value: 'SECONDS',
    default: '2',
    description: 'a provider that takes longer at one batch size sits out the larger ones',
  },
  'save-path': {
    value: 'DIR',
    default: 'tfjs-qutlass-bench',
    description: 'the folder of the results, made where missing',
  },
  force: { description: 'replace the results that are there' },
};

export interface BenchOptions {
  shapes: Shape[];
  batchSizes: number[];
  /** Undefined where all are wanted that there are. */
  providers: ProviderName[] | undefined;
  hadamardSizes: number[];
  groupSize: number;
  device: 'cpu' | 'gpu' | undefined;
  threads: number | undefined;
  cold: boolean;
  effort: Effort;
  longestCallMs: number;
  savePath: string;
  force: boolean;
}

const MOST_SAMPLES = 21;

/** What fits into so many milliseconds of sampling, and a quarter more of warming up. */
function effortOf(ms: number): Effort {
  return {
    mostSamples: MOST_SAMPLES,
    leastSamples: 3,
    providerMs: ms,
    warmUpMs: ms / 4,
    sampleMs: ms / MOST_SAMPLES,
    restMs: 200,
  };
}

function positiveInteger(option: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`--${option} is '${text}', expected a positive integer`);
}

function milliseconds(option: string, text: string): number {
  if (/^(\d+\.?\d*|\.\d+)$/.test(text) && Number(text) > 0) return 1000 * Number(text);
  throw new UsageError(`--${option} is '${text}', expected seconds such as 0.5`);
}

/** Ascending, each once. */
function integers(option: string, items: readonly string[]): number[] {
  const numbers = items.map((item) => positiveInteger(option, item));
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function groupSizeOf(text: string): number {
  const size = positiveInteger('group-size', text);
  if (size % 8 === 0) return size;
  throw new UsageError(`--group-size is '${text}', expected a multiple of 8`);
}

function shapesOf(values: OptionValues): Shape[] {
  const shapes = values.shapes as string[] | undefined;
  const models = values.models as string[] | undefined;
  if (shapes !== undefined && models !== undefined) {
    throw new UsageError('--shapes and --models exclude each other');
  }
  if (shapes !== undefined) return shapes.map(namedShape);
  const tpSizes = integers('tp-sizes', values['tp-sizes'] as string[]);
  const layers = LAYERS.filter((name) => (values.layers as LayerName[]).includes(name));
  const found = (models ?? ['Llama-3.1-8B']).map(findModel);
  return found.flatMap((model) => tpSizes.flatMap((tp) => layersOf(model, tp, layers)));
}

/** Throws a UsageError; a StepError where a model cannot be read. */
export function readOptions(values: OptionValues): BenchOptions {
  const list = (name: string) => values[name] as string[] | undefined;
  const { threads, device } = values;
  return {
    shapes: shapesOf(values),
    batchSizes: integers('batch-sizes', list('batch-sizes') ?? BATCH_SIZES.map(String)),
    providers: list('providers') as ProviderName[] | undefined,
    hadamardSizes: integers('had-sizes', list('had-sizes') ?? []),
    groupSize: groupSizeOf(String(values['group-size'])),
    device: device as BenchOptions['device'],
    threads: threads === undefined ? undefined : positiveInteger('threads', String(threads)),
    cold: values.cold === true,
    effort: effortOf(milliseconds('time', String(values.time))),
    longestCallMs: milliseconds('longest-call', String(values['longest-call'])),
    savePath: String(values['save-path']),
    force: values.force === true,
  };
}
