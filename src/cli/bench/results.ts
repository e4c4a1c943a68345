/** Results as JSON lines, one a measurement. */
import { appendFileSync, readFileSync } from 'node:fs';

import type { Machine } from './machine';
import type { Format, Provider } from './providers/provider';
import type { Shape } from './shapes';
import type { Microseconds } from './statistics';

/** What is measured of one provider with one shape and M. */
export interface Measurement {
  op: 'dense';
  provider: string;
  library: Provider['library'];
  format: Format;
  model: string;
  tp: number;
  layer: string;
  m: number;
  n: number;
  k: number;
  group: number | null;
  /** The block size of the rotation. */
  hadamard: number | null;
  cold: boolean;
  us: Microseconds;
  tflops: number;
  gbps: number;
  maxRelativeError: number;
}

/** A line, which tells by itself where it comes from. */
export type Result = Measurement & Machine & { command: string };

export interface Timing {
  us: Microseconds;
  cold: boolean;
  maxRelativeError: number;
}

export function measurementOf(
  { name, library, format, group, hadamard, bytesPerWeight, bytesPerInput }: Provider,
  { model, tp, layer, n, k }: Shape,
  m: number,
  { us, cold, maxRelativeError }: Timing,
): Measurement {
  const bytes = n * k * bytesPerWeight + m * k * bytesPerInput + 4 * m * n;
  return {
    op: 'dense',
    provider: name,
    library,
    format,
    model,
    tp,
    layer,
    m,
    n,
    k,
    group,
    hadamard: hadamard || null,
    cold,
    us,
    tflops: (2 * m * n * k) / us.median / 1e6,
    gbps: bytes / us.median / 1e3,
    maxRelativeError,
  };
}

/** What two results must share to be compared: all but the provider. */
export function cellKey({ op, model, tp, layer, m, n, k, cold }: Measurement): string {
  return [op, model, tp, layer, m, n, k, cold].join(' ');
}

export function resultKey(result: Measurement): string {
  return `${cellKey(result)} ${result.provider} ${result.group}`;
}

/** All of a cell in one write: an interruption leaves whole lines. */
export function appendResults(file: string, results: readonly Result[]): void {
  appendFileSync(file, results.map((result) => `${JSON.stringify(result)}\n`).join(''));
}

function isResult(value: unknown): value is Result {
  const { provider, m, us } = (value ?? {}) as Partial<Result>;
  return typeof provider === 'string' && typeof m === 'number' && typeof us?.median === 'number';
}

function parseLine(line: string, place: string): Result {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // Said below.
  }
  if (isResult(value)) return value;
  throw new Error(`${place} is no result: ${line.slice(0, 60)}`);
}

/** Those of a file, the last of each kind. Throws where it cannot be read, or has something else. */
export function readResults(file: string): Result[] {
  const byKey = new Map<string, Result>();
  readFileSync(file, 'utf8')
    .split('\n')
    .forEach((line, index) => {
      if (line.trim() === '') return;
      const result = parseLine(line, `${file}:${index + 1}`);
      byKey.set(resultKey(result), result);
    });
  return [...byKey.values()];
}
