/** The page of a run: one file, which loads nothing else. */
import { BASELINE } from '../providers';
import { heatMaps } from '../charts/heat_map';
import type { Result } from '../results';
import { modelTitle, shapeTitle } from '../shapes';
import { formatRatio, formatTime, speedUps } from '../table';
import { unique } from '../unique';
import { heatTable } from './heat_table';
import { escapeHtml, htmlTable } from './html';

/** A layer's chart; null where it was not drawn. */
export interface LayerChart {
  title: string;
  results: readonly Result[];
  svg: string | null;
}

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 2rem auto;
  max-width: 76rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.2rem; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { padding: 2px 9px; text-align: right; white-space: nowrap; }
th { font-weight: 600; } tbody tr:nth-child(odd) { background: #f5f5f5; }
.facts th { text-align: left; vertical-align: top; } .facts td { text-align: left; white-space: normal; }
.maps { display: flex; flex-wrap: wrap; gap: 1.6rem 2.2rem; }
.heat caption { font-weight: 700; text-align: left; padding-bottom: 4px; }
.heat td { border: 1px solid #fff; text-align: center; } .heat tbody tr { background: none; }
.heat thead th { text-align: center; vertical-align: bottom; white-space: normal; max-width: 5rem; }
.heat td:empty { background: repeating-linear-gradient(45deg, #eee 0 4px, #fff 4px 8px); }
.scroll { overflow-x: auto; } svg { max-width: 100%; height: auto; }
details { margin: .4rem 0 1.4rem; } summary { cursor: pointer; }
code { overflow-wrap: anywhere; }`;

/** What each result says of where it comes from, once each. */
function facts(results: readonly Result[]): string {
  const libraries = unique(
    results.flatMap((result) =>
      Object.entries(result.libraries)
        .filter(([, version]) => version !== '')
        .map(([name, version]) => `${name} ${version}`),
    ),
  );
  const rows: [string, string[]][] = [
    ['measured on', unique(results.map(({ device }) => device))],
    ['processor', unique(results.map(({ host }) => host))],
    ['weights of', unique(results.map(modelTitle))],
    ['versions', [libraries.join(', ')]],
    ['commit', unique(results.map(({ commit }) => commit)).filter(Boolean)],
    ['cache', unique(results.map(({ cold }) => (cold ? 'cold weights' : 'weights used again')))],
    ['command', unique(results.map(({ command }) => command))],
  ];
  const body = rows
    .filter(([, values]) => values.length > 0)
    .map(
      ([name, values]) =>
        `<tr><th scope="row">${name}</th><td>${values.map(escapeHtml).join('<br>')}</td></tr>`,
    );
  return `<table class="facts"><tbody>${body.join('\n')}</tbody></table>`;
}

function resultsTable(results: readonly Result[]): string {
  const speedUp = speedUps(results);
  const headings = [
    ...['M', 'provider', 'median', '20 %', '80 %', 'TFLOP/s', 'GB/s', `to ${BASELINE}`, 'error'],
  ];
  const rows = results.map((result) => {
    const ratio = speedUp(result);
    return [
      String(result.m),
      result.provider,
      ...[result.us.median, result.us.p20, result.us.p80].map(formatTime),
      result.tflops.toPrecision(3),
      result.gbps.toPrecision(3),
      ratio === undefined ? '' : formatRatio(ratio),
      `${(100 * result.maxRelativeError).toPrecision(2)} %`,
    ];
  });
  return `<div class="scroll">${htmlTable(headings, rows)}</div>`;
}

function layerSection({ title, results, svg }: LayerChart): string {
  return [
    `<h3>${escapeHtml(title)}</h3>`,
    svg === null ? '' : `<div class="scroll">${svg}</div>`,
    `<details${svg === null ? ' open' : ''}><summary>figures</summary>${resultsTable(results)}</details>`,
  ].join('\n');
}

/** Results by layer, each with what its section and its picture are called. */
export function layersOfResults(results: readonly Result[]): Omit<LayerChart, 'svg'>[] {
  return unique(results.map(shapeTitle)).map((title) => ({
    title,
    results: results.filter((result) => shapeTitle(result) === title),
  }));
}

export function pageOf(results: readonly Result[], layers: readonly LayerChart[]): string {
  const maps = heatMaps(results).map(({ provider, cells }) => heatTable(provider, cells));
  const [{ device }] = results;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>tfjs-qutlass bench: ${escapeHtml(device)}</title>
<style>${STYLE}
</style>
</head>
<body>
<h1>Quantized products of tfjs-qutlass</h1>
${facts(results)}
<h2>Times faster than ${BASELINE}</h2>
<p>Ratios of medians: blue is faster, orange slower; a row is a batch size, that is the rows of x.</p>
<div class="maps">
${maps.map((map) => `<div class="scroll">${map}</div>`).join('\n')}
</div>
<h2>Layers</h2>
<p>TFLOP/s count 2·M·N·K operations whatever their format; GB/s count each operand and the result once.
Errors are the largest, relative to the largest value of the float32 product.</p>
${layers.map(layerSection).join('\n')}
</body>
</html>
`;
}
