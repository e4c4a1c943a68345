/** An SVG chart: in each cell, how many times faster than `tf.matMul` every provider is. */
import { cellTitle } from './table';
import { type Cell, ratio } from './summary';

const LABEL_WIDTH = 300;
const BAR_WIDTH = 500;
const BAR_HEIGHT = 12;
const CELL_GAP = 14;
const COLORS = [
  '#999',
  '#1b6ca8',
  '#2a9d5c',
  '#7fc8a0',
  '#7b52ab',
  '#b79fd6',
  '#e0a030',
  '#eec680',
];
const COLORS_BEYOND = '#d8b0b0';

function bar(top: number, name: string, value: number, longest: number, color: string): string {
  const width = ((value / longest) * BAR_WIDTH).toFixed(1);
  const baseline = top + BAR_HEIGHT - 3;
  return (
    `<text x="${LABEL_WIDTH - 6}" y="${baseline}" text-anchor="end">${name}</text>` +
    `<rect x="${LABEL_WIDTH}" y="${top}" width="${width}" height="${BAR_HEIGHT - 2}" fill="${color}"/>` +
    `<text x="${LABEL_WIDTH + Number(width) + 4}" y="${baseline}">${value.toFixed(2)}x</text>`
  );
}

export function chartOf(cells: Cell[]): string {
  const measured = cells.filter((cell) => cell.some(({ format }) => format === 'float32'));
  const valuesOf = (cell: Cell) => {
    const float32 = cell.find(({ format }) => format === 'float32')!;
    return cell.map((row) => ({ name: row.provider, value: ratio(row, float32) }));
  };
  const longest = Math.max(1, ...measured.flatMap(valuesOf).map(({ value }) => value));
  const parts: string[] = [];
  let top = 20;
  for (const cell of measured) {
    parts.push(`<text x="4" y="${top}" font-weight="bold">${cellTitle(cell[0])}</text>`);
    top += 6;
    valuesOf(cell).forEach(({ name, value }, i) => {
      parts.push(bar(top, name, value, longest, COLORS[i] ?? COLORS_BEYOND));
      top += BAR_HEIGHT;
    });
    top += CELL_GAP;
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${LABEL_WIDTH + BAR_WIDTH + 60}" height="${top}" ` +
    `font-family="sans-serif" font-size="10">\n<rect width="100%" height="100%" fill="#fff"/>\n` +
    `${parts.join('\n')}\n</svg>\n`
  );
}
