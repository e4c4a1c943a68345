/** The page and the pictures of results. */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { heatColor, textColorOn } from '../../../src/cli/bench/charts/heat_color';
import { heatMapChart, heatMaps } from '../../../src/cli/bench/charts/heat_map';
import { type ChartLibraries, loadChartLibraries } from '../../../src/cli/bench/charts/libraries';
import { lineChart } from '../../../src/cli/bench/charts/line_chart';
import { stylesOf } from '../../../src/cli/bench/charts/palette';
import { layersOfResults, pageOf } from '../../../src/cli/bench/page/page';
import { PROVIDER_NAMES, makeProviders } from '../../../src/cli/bench/providers';
import { appendResults } from '../../../src/cli/bench/results';
import { writeSummary } from '../../../src/cli/bench/summary';
import { temporaryFolder } from '../../support/temporary_folder';
import { result, resultsAt } from './results';

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47];

/** Width and height, of its header. */
function pngSize(png: Uint8Array): number[] {
  const view = new DataView(png.buffer, png.byteOffset);
  return [view.getUint32(16), view.getUint32(20)];
}

/** WCAG 2's contrast ratio of '#rrggbb' to white: 1 for white, 21 for black. */
function contrastToWhite(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
}

describe("the benchmark's page", () => {
  const results = [...resultsAt([1, 16], 3), ...resultsAt([1, 16], 0.5, 'o')];
  const layers = () => layersOfResults(results).map((layer) => ({ ...layer, svg: null }));

  it('has a map of ratios for each provider, in colours', () => {
    expect(heatMaps(results)).toEqual([
      {
        provider: 'int8',
        cells: [
          { layer: 'qkv', m: 1, ratio: 3 },
          { layer: 'qkv', m: 16, ratio: 3 },
          { layer: 'o', m: 1, ratio: 0.5 },
          { layer: 'o', m: 16, ratio: 0.5 },
        ],
      },
    ]);
    const page = pageOf(results, layers());
    expect(page).toContain('<caption>int8</caption>');
    expect(page).toContain(
      `background:${heatColor(3)};color:${textColorOn(heatColor(3))}">3.00x</td>`,
    );
    expect(page).toContain(`background:${heatColor(0.5)}`);
    // Of several models, columns have the names.
    const both = heatMaps([...results, ...resultsAt([1], 2).map((r) => ({ ...r, tp: 2 }))]);
    expect(both[0].cells[0].layer).toBe('Qwen3-8B qkv');
    expect(both[0].cells.at(-1)!.layer).toBe('Qwen3-8B tp2 qkv');
  });

  it('tells of the machine, and lets no text pass for markup', () => {
    const foreign = { device: '<b>"GPU" & co</b>', command: "bench --save-path 'a<b'" };
    const page = pageOf([{ ...results[0], ...foreign }, ...results.slice(1)], layers());
    expect(page).toContain('&lt;b&gt;&quot;GPU&quot; &amp; co&lt;/b&gt;');
    expect(page).toContain('bench --save-path &#39;a&lt;b&#39;');
    expect(page).not.toContain('<b>');
    expect(page).toContain('tfjs-qutlass 0.1.0, tfjs 4.22.0');
    expect(page).toContain('abc1234');
  });

  it('loads nothing', () => {
    expect(pageOf(results, layers())).not.toMatch(/<script|<link|<img|src=|href=|@import|url\(/);
  });

  it('is without maps where float32 was not measured', () => {
    const alone = results.filter(({ provider }) => provider === 'int8');
    expect(heatMaps(alone)).toEqual([]);
    expect(heatMapChart(alone)).toBeUndefined();
    expect(pageOf(alone, layers())).toContain('figures');
  });

  it('has colours that grow with the ratio, and text that is read on them', () => {
    const darkness = (ratio: number) =>
      [1, 3, 5].reduce(
        (sum, at) => sum + 255 - parseInt(heatColor(ratio).slice(at, at + 2), 16),
        0,
      );
    expect(heatColor(1)).toBe('#ffffff');
    expect(darkness(2)).toBeLessThan(darkness(4));
    expect(heatColor(16)).toBe(heatColor(100));
    expect(heatColor(0.5)).not.toBe(heatColor(2));
    expect(textColorOn(heatColor(1))).toBe('#000000');
    expect(textColorOn(heatColor(16))).toBe('#ffffff');
  });
});

describe("the benchmark's charts", () => {
  const folder = temporaryFolder();
  let libraries: ChartLibraries;
  beforeAll(async () => {
    libraries = (await loadChartLibraries())!;
  });

  const providers = makeProviders(PROVIDER_NAMES, { groupSize: 128, hadamardSizes: [16, 128] });
  const results = [1, 16, 256].flatMap((m) =>
    providers.map(({ name }, i) => result({ m, provider: name, median: 1000 + 100 * i + m })),
  );

  it('draw every provider in a way of its own, by mark and by dash or colour', () => {
    const styles = stylesOf(providers.map(({ name }) => name));
    const described = styles.map(({ color, shape }) => `${color} ${shape}`);
    expect(new Set(described).size).toBe(providers.length);
    const [, int8, int8Had16] = styles;
    expect(int8Had16.color).toBe(int8.color);
    expect(int8Had16.dash).not.toEqual(int8.dash);
  });

  it('draw no line too pale for white paper', () => {
    for (const { color } of stylesOf(providers.map(({ name }) => name))) {
      expect(contrastToWhite(color)).withContext(color).toBeGreaterThan(2);
    }
  });

  it('are SVG with all names, batch sizes and no font of the system', async () => {
    const svg = await libraries.svg(lineChart('Qwen3-8B qkv', 'a processor', results));
    for (const { name } of providers) expect(svg).toContain(`>${name}</text>`);
    for (const text of ['1', '16', '256', 'TFLOP/s', 'Qwen3-8B qkv', 'a processor']) {
      expect(svg).toContain(`>${text}</text>`);
    }
    const heat = await libraries.svg(heatMapChart(results)!);
    expect(heat).toContain('>int4a4-had128</text>');
    expect(heat).toMatch(/>0\.\d\dx<\/text>/);
  });

  it('are pictures with their text, whatever fonts there are', () => {
    const square = (content: string) =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">${content}</svg>`;
    const blank = libraries.png(square(''));
    expect([...blank.slice(0, 4)]).toEqual(PNG_SIGNATURE);
    expect(pngSize(blank)).toEqual([80, 40]);
    const text = (family: string) => `<text y="15" font-family="${family}">int8</text>`;
    const drawn = Buffer.from(libraries.png(square(text('DejaVu Sans, sans-serif'))));
    expect(drawn.equals(blank)).toBeFalse();
    expect(drawn.equals(libraries.png(square(text('no such font'))))).toBeTrue();
  });

  it('are written beside the results, with the page', async () => {
    const file = join(folder(), 'results.jsonl');
    appendResults(file, [...resultsAt([1, 16], 3), ...resultsAt([1], 2, 'gate_up')]);
    const said = await writeSummary(file);
    expect(said).toContain('6 results in');
    expect(said).toContain('3 charts');
    expect(readdirSync(folder()).sort()).toEqual([
      ...['Qwen3-8B-gate_up.png', 'Qwen3-8B-qkv.png', 'index.html'],
      ...['results.csv', 'results.jsonl', 'speed-up.png'],
    ]);
    for (const name of ['Qwen3-8B-qkv.png', 'speed-up.png']) {
      expect(statSync(join(folder(), name)).size).toBeGreaterThan(5000);
    }
    const page = readFileSync(join(folder(), 'index.html'), 'utf8');
    expect(page.match(/<svg/g)?.length).toBe(2);
    expect(existsSync(join(folder(), 'results.csv'))).toBeTrue();
  });

  it('are not of a file without results', async () => {
    const file = join(folder(), 'results.jsonl');
    appendResults(file, []);
    await expectAsync(writeSummary(file)).toBeRejectedWithError(/has no results/);
  });
});
