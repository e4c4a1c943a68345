/** Prints doctor's report. */
import { type Check, type Status, canRun } from './check';

const MARKS: Record<Status, string> = { ok: '✓', absent: '–', warning: '!', failed: '✗' };

function lines({ title, status, detail, remedy }: Check, width: number): string[] {
  const indent = ' '.repeat(width + 4);
  const text = detail.trim().replace(/\n\s*/g, `\n${indent}`);
  return [
    `${MARKS[status]} ${title.padEnd(width)}  ${text}`,
    ...(remedy === undefined ? [] : [`${indent}→ ${remedy}`]),
  ];
}

/** For people. */
export function textReport(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ title }) => title.length));
  const verdict = canRun(checks)
    ? 'quantized models run here'
    : 'quantized models do not run here yet: do what the arrows say, from the top';
  return [...checks.flatMap((check) => lines(check, width)), '', verdict].join('\n');
}

/** For programs: {"ok": true, "checks": [{"id", "title", "status", "detail", "remedy"?}]}. */
export function jsonReport(checks: readonly Check[]): string {
  return JSON.stringify({ ok: canRun(checks), checks }, null, 2);
}
