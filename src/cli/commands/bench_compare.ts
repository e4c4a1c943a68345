/** npx tfjs-qutlass bench compare: whether one run is slower than another. */
import { type Command, UsageError } from '../arguments';
import { type Comparison, type Pair, compareResults, ratiosByProvider } from '../bench/compare';
import { type Result, readResults } from '../bench/results';
import { shapeTitle } from '../bench/shapes';
import { formatRatio, formatTime } from '../bench/table';
import { tableLines } from '../models/table';

function read(file: string): Result[] {
  try {
    return readResults(file);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function readTolerance(text: string): number {
  if (/^(\d+\.?\d*|\.\d+)$/.test(text)) return Number(text);
  throw new UsageError(`--tolerance is '${text}', expected a number such as 0.05`);
}

function cellTitle({ a }: Pair): string {
  return `${shapeTitle(a)} M=${a.m}${a.cold ? ' cold' : ''}`;
}

function cellLines(pairs: readonly Pair[]): string[] {
  const rows = pairs.map((pair) => [
    cellTitle(pair),
    pair.a.provider,
    ...[pair.a, pair.b].map(({ us }) => formatTime(us.median)),
    `${formatRatio(pair.ratio)}${pair.isRegression ? ' SLOWER' : ''}`,
  ]);
  return tableLines(['cell', 'provider', 'a', 'b', 'a / b'], rows, 2);
}

function providerLines(comparison: Comparison): string[] {
  const rows = ratiosByProvider(comparison).map(({ provider, cells, mean, least, regressions }) => [
    provider,
    String(cells),
    formatRatio(mean),
    `${formatRatio(least.ratio)} at ${cellTitle(least)}`,
    String(regressions),
  ]);
  return tableLines(['provider', 'cells', 'geometric mean', 'least', 'slower'], rows, 1);
}

/** Also of runs on different machines, which is how to tell these apart. */
function unmatched({ onlyA, onlyB }: Comparison): string[] {
  if (onlyA + onlyB === 0) return [];
  return [`not compared: ${onlyA} results that only a has, ${onlyB} that only b has`];
}

export const benchCompare: Command = {
  name: 'bench compare',
  summary: 'tell whether one run of bench is slower than another',
  description: `Prints, of each cell that both files have, how many times faster <b> is than <a>, and the geometric
mean of each provider. A cell is slower where its median is so by more than the tolerance, and its 20th
percentile is above the 80th of <a>: where these overlap, it may be chance.

Exit status: 0 where no cell is slower, 1 where one is, 2 where the files cannot be compared.`,
  arguments: { a: 'the results.jsonl of before', b: 'that of after' },
  options: {
    tolerance: {
      value: 'RATIO',
      default: '0.05',
      description: 'by how much a median may grow: 0.05 is 5 %',
    },
  },

  run({ a, b, tolerance }) {
    const limit = readTolerance(String(tolerance));
    const comparison = compareResults(read(String(a)), read(String(b)), limit);
    if (comparison.pairs.length === 0) throw new UsageError(`${a} and ${b} have no cell in common`);
    const lines = [
      ...cellLines(comparison.pairs),
      '',
      ...providerLines(comparison),
      ...unmatched(comparison),
    ];
    console.log(lines.join('\n'));
    return Promise.resolve(comparison.pairs.some(({ isRegression }) => isRegression) ? 1 : 0);
  },
};
