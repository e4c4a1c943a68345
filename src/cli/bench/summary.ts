/** All that is made of results.jsonl: a table, a page, and pictures. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { heatMapChart } from './charts/heat_map';
import { type ChartLibraries, INSTALL_CHARTS, loadChartLibraries } from './charts/libraries';
import { lineChart } from './charts/line_chart';
import { csvOf } from './csv';
import { type LayerChart, layersOfResults, pageOf } from './page/page';
import { type Result, readResults } from './results';

export const RESULTS_FILE = 'results.jsonl';

/** 'Qwen3-8B-tp2-qkv.png' */
function pictureName(title: string): string {
  return `${title.replace(/[^\w.-]+/g, '-')}.png`;
}

class Pictures {
  readonly names: string[] = [];

  constructor(
    private readonly libraries: ChartLibraries,
    private readonly folder: string,
  ) {}

  /** Draws one and answers its SVG. */
  async draw(name: string, spec: object): Promise<string> {
    const svg = await this.libraries.svg(spec);
    writeFileSync(join(this.folder, name), this.libraries.png(svg));
    this.names.push(name);
    return svg;
  }
}

function shapeOf([{ n, k }]: readonly Result[]): string {
  return `N=${n}, K=${k}`;
}

async function drawLayers(results: readonly Result[], pictures?: Pictures): Promise<LayerChart[]> {
  const layers: LayerChart[] = [];
  for (const { title, results: of } of layersOfResults(results)) {
    const subtitle = `${shapeOf(of)}; ${of[0].device}`;
    const svg = await pictures?.draw(pictureName(title), lineChart(title, subtitle, of));
    layers.push({ title, results: of, svg: svg ?? null });
  }
  return layers;
}

/**
 * Writes results.csv, index.html and the charts beside a file of results; answers what it wrote, for
 * people. Rejects where the file cannot be read.
 */
export async function writeSummary(file: string): Promise<string> {
  const folder = dirname(file);
  const results = readResults(file);
  if (results.length === 0) throw new Error(`${file} has no results`);
  writeFileSync(join(folder, 'results.csv'), csvOf(results));

  const libraries = await loadChartLibraries();
  const pictures = libraries && new Pictures(libraries, folder);
  const layers = await drawLayers(results, pictures);
  const heatMap = heatMapChart(results);
  if (heatMap !== undefined) await pictures?.draw('speed-up.png', heatMap);
  const page = join(folder, 'index.html');
  writeFileSync(page, pageOf(results, layers));

  const drawn = pictures
    ? `${pictures.names.length} charts`
    : `no charts (to add them: ${INSTALL_CHARTS}, then npx tfjs-qutlass bench page ${file})`;
  return `${results.length} results in ${file}; ${page}, results.csv and ${drawn}`;
}
