import { metrics, type Results } from './results';

/** The results as text for a terminal: the table, the expectations, the samples, the notes. */
export function formatTable(results: Results): string {
  const parts = [
    alignColumns(tableRows(results)),
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

function tableRows({ measurements }: Results): string[][] {
  const [float32, ...quantized] = measurements;
  const rows = metrics.map(({ title, value, format, compare }) => {
    const base = value(float32);
    const cells = quantized.map((one) => `${format(value(one))}  ${compare(value(one), base)}`);
    return [title, format(base), ...cells];
  });
  return [['', ...measurements.map(({ name }) => name)], ...rows];
}

function alignColumns(rows: string[][]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}

function indent(text: string): string {
  return text.replace(/^/gm, '  | ');
}
