import type { Metric, Results } from './results';

/** The results as text for a terminal: the table, the expectations, the samples, the notes. */
export function formatResults(results: Results, metrics: Metric<Results['measurements'][0]>[]) {
  const parts = [
    comparisonTable(results.measurements, metrics),
    results.expectations
      .map(({ text, met }) => `${met ? 'met    ' : 'NOT MET'}  ${text}`)
      .join('\n'),
    ...results.measurements.map(
      ({ name, sample }) => `${name} continues:\n${indent(sample.continuation)}`,
    ),
    results.notes.join('\n'),
  ];
  return `\n${parts.join('\n\n')}\n`;
}

/** A row a form of the model: each quantity, and how it compares with that of the first row. */
export function comparisonTable<T extends { name: string }>(
  measurements: T[],
  metrics: Metric<T>[],
): string {
  const heading = ['', ...metrics.flatMap(({ heading }) => [heading, ''])];
  const rows = measurements.map((measurement, index) => [
    measurement.name,
    ...metrics.flatMap(({ value, format, compare }) => [
      format(value(measurement)),
      index === 0 ? '' : compare(value(measurement), value(measurements[0])),
    ]),
  ]);
  return alignColumns([heading, ...rows]);
}

/** Columns to the left; those that are empty are left out. */
export function alignColumns(rows: string[][]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const used = widths.flatMap((width, column) => (width > 0 ? [column] : []));
  return rows
    .map((row) => used.map((column) => row[column].padEnd(widths[column])).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

function indent(text: string): string {
  return text.replace(/^/gm, '  | ');
}
