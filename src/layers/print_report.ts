import { shapeText } from '../ops/values';
import type { LayerReport, QuantizationReport } from './inspect_model';

const HEADINGS = ['layer', 'kind', 'shape', 'format', 'bytes before', 'bytes after', 'SNR'];
const LEFT_ALIGNED = 4; // text; the others are numbers
const GAP = '  ';

/**
 * Prints a report of `inspectModel` as one table, a line a layer, with the sums below.
 *
 * ```js
 * const model = tf.sequential({layers: [tf.layers.dense({units: 64, inputShape: [128]})]});
 * tf.qutlass.printReport(tf.qutlass.inspectModel(tf.qutlass.quantizeModel(model)));
 * ```
 *
 * @param print takes each line; console.log by default, as in `model.summary`.
 *
 * @doc {heading: 'Models', subheading: 'Quantization', namespace: 'qutlass'}
 */
export function printReport(
  { layers, bytesBefore, bytesAfter }: QuantizationReport,
  print: (line: string) => void = (line) => console.log(line),
): void {
  const total = ['total', '', '', '', integer(bytesBefore), integer(bytesAfter)];
  const rows = [HEADINGS, ...layers.map(cells), total];
  const widths = HEADINGS.map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const reasons = [undefined, ...layers.map(({ reason }) => reason), undefined];
  const rule = '─'.repeat(widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length));
  rows.forEach((row, index) => {
    if (index === 1 || index === rows.length - 1) print(rule);
    const line = widths.map((width, column) => aligned(row[column] ?? '', width, column)).join(GAP);
    print((reasons[index] === undefined ? line : `${line}${GAP}${reasons[index]}`).trimEnd());
  });
}

function cells(row: LayerReport): string[] {
  const { layer, kind, shape, format, bytesBefore, bytesAfter, signalToNoise } = row;
  const ratio = signalToNoise === undefined ? '' : `${signalToNoise.toFixed(1)} dB`;
  return [layer, kind, shapeText(shape), format, integer(bytesBefore), integer(bytesAfter), ratio];
}

function integer(value: number): string {
  return value.toLocaleString('en-US');
}

function aligned(text: string, width: number, column: number): string {
  return column < LEFT_ALIGNED ? text.padEnd(width) : text.padStart(width);
}
