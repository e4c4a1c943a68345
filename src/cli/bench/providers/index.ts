/** The providers that `bench` knows, by the names that its options and results have. */
import { float32 } from './float32';
import { int4 } from './int4';
import { int4a4, int4a4WithoutQuantization } from './int4a4';
import { int4a8 } from './int4a8';
import { int8, int8WithoutQuantization } from './int8';
import { onnxruntimeInt4, onnxruntimeInt8 } from './onnxruntime';
import type { Provider } from './provider';

/** What the others are compared with. */
export const BASELINE = 'tfjs-float32';

/** As `--providers` takes them, in the order of tables and charts. */
export const PROVIDER_NAMES = [
  BASELINE,
  'int8',
  'int8-noquant',
  'int4',
  'int4a8',
  'int4a4',
  'int4a4-noquant',
  'onnxruntime',
] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];

interface Variants {
  /** Of int4's and int4a8's weights. */
  groupSize: number;
  /** The block sizes of rotations that int8, int4a8 and int4a4 are measured with as well. */
  hadamardSizes: readonly number[];
}

type Make = (variants: Variants) => Provider[];

type MakeRotated = (name: string, hadamard: number, groupSize: number) => Provider;

/** A provider without and with rotations. */
function rotated(name: string, make: MakeRotated): Make {
  return ({ hadamardSizes, groupSize }) => [
    make(name, 0, groupSize),
    ...hadamardSizes.map((size) => make(`${name}-had${size}`, size, groupSize)),
  ];
}

const MAKE: Record<ProviderName, Make> = {
  'tfjs-float32': () => [float32(BASELINE)],
  int8: rotated('int8', int8),
  'int8-noquant': () => [int8WithoutQuantization('int8-noquant')],
  int4: ({ groupSize }) => [int4('int4', groupSize)],
  int4a8: rotated('int4a8', (name, hadamard, group) => int4a8(name, group, hadamard)),
  int4a4: rotated('int4a4', int4a4),
  'int4a4-noquant': () => [int4a4WithoutQuantization('int4a4-noquant')],
  // Of the settings that docs/cpu.md compares, those that are exact on every processor and fastest.
  onnxruntime: ({ groupSize }) => [
    onnxruntimeInt8('onnxruntime-int8', 'uint8'),
    onnxruntimeInt4('onnxruntime-int4', groupSize, 4),
  ],
};

export function makeProviders(names: readonly ProviderName[], variants: Variants): Provider[] {
  return PROVIDER_NAMES.filter((name) => names.includes(name)).flatMap((name) =>
    MAKE[name](variants),
  );
}

/** Where a provider is to be measured. */
interface Circumstances {
  k: number;
  threads: number;
  /** Whether copies of the weights are used in turn. */
  cold: boolean;
}

/** What keeps a provider from being measured so; undefined where nothing does. */
export function whyUnfit(
  { library, group, hadamard }: Provider,
  { k, threads, cold }: Circumstances,
): string | undefined {
  if (hadamard > 0 && k % hadamard !== 0) return `K=${k} is no multiple of ${hadamard}`;
  if (library !== 'onnxruntime-node') return undefined;
  if (group !== null && k % group !== 0) return `K=${k} is no multiple of ${group}`;
  // They look for work while those of the next copy do theirs: it would be up to 90 times slower.
  return cold && threads > 1 ? 'each copy of the weights has threads of its own' : undefined;
}
