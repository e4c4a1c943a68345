/** Results as comma-separated values, for spreadsheets. */
import type { Result } from './results';
import { speedUps } from './table';

type Value = string | number | boolean | null | undefined;

/** As RFC 4180 quotes it. */
function field(value: Value): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvOf(results: readonly Result[]): string {
  const speedUp = speedUps(results);
  const rows = results.map((result): Record<string, Value> => ({
    ...{ provider: result.provider, model: result.model, tp: result.tp, layer: result.layer },
    ...{ m: result.m, n: result.n, k: result.k, group: result.group, hadamard: result.hadamard },
    cold: result.cold,
    us_p20: result.us.p20,
    us_median: result.us.median,
    us_p80: result.us.p80,
    tflops: result.tflops,
    gbps: result.gbps,
    times_faster_than_float32: speedUp(result),
    max_relative_error: result.maxRelativeError,
    ...{ device: result.device, commit: result.commit },
    version: result.libraries['tfjs-qutlass'],
  }));
  const lines = [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))];
  return lines.map((values) => `${values.map(field).join(',')}\n`).join('');
}
