/** A heat map as a table of HTML, which needs no package. */
import { heatColor, textColorOn } from '../charts/heat_color';
import type { HeatCell } from '../charts/heat_map';
import { formatRatio } from '../table';
import { unique } from '../unique';
import { escapeHtml } from './html';

function cellHtml(cell: HeatCell | undefined): string {
  if (cell === undefined) return '<td></td>';
  const color = heatColor(cell.ratio);
  const style = `background:${color};color:${textColorOn(color)}`;
  return `<td style="${style}">${formatRatio(cell.ratio)}</td>`;
}

export function heatTable(provider: string, cells: readonly HeatCell[]): string {
  const layers = unique(cells.map(({ layer }) => layer));
  const rows = unique(cells.map(({ m }) => m)).sort((a, b) => a - b);
  const head = layers.map((layer) => `<th scope="col">${escapeHtml(layer)}</th>`).join('');
  const body = rows.map((m) => {
    const found = layers.map((layer) => cells.find((cell) => cell.layer === layer && cell.m === m));
    return `<tr><th scope="row">${m}</th>${found.map(cellHtml).join('')}</tr>`;
  });
  return [
    `<table class="heat"><caption>${escapeHtml(provider)}</caption>`,
    `<thead><tr><th scope="col">batch</th>${head}</tr></thead>`,
    `<tbody>${body.join('\n')}</tbody></table>`,
  ].join('\n');
}
