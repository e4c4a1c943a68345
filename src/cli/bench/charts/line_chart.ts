/** A layer's chart: TFLOP/s over the batch size, a line a provider, as a specification of Vega-Lite. */
import type { Result } from '../results';
import { unique } from '../unique';
import { type Style, stylesOf } from './palette';
import { FONT } from './theme';

const WIDTH = 640;
const HEIGHT = 380;

/** 32768 as 32k. */
const BATCH_LABEL = "datum.value >= 1024 ? datum.value / 1024 + 'k' : datum.value";

function rate({ m, n, k }: Result, us: number): number {
  return (2 * m * n * k) / us / 1e6;
}

/** A result as the chart's data; with colour and dash, which thus are no scales with legends. */
function point(result: Result, { color, dash }: Style) {
  const { m, provider, tflops, us } = result;
  const range = { low: rate(result, us.p80), high: rate(result, us.p20) };
  return { m, provider, tflops, ...range, color, dash };
}

/** 1, 2 and 5 times powers of 10, within bounds. */
function ticksWithin(low: number, high: number): number[] {
  const exponents = [];
  for (let e = Math.floor(Math.log10(low)); e <= Math.log10(high); e++) exponents.push(e);
  const ticks = exponents.flatMap((e) => [1, 2, 5].map((digit) => Number(`${digit}e${e}`)));
  return ticks.filter((tick) => tick >= low && tick <= high);
}

function rateAxis(points: ReturnType<typeof point>[]) {
  const low = Math.min(...points.map((p) => p.low)) / 1.1;
  const high = Math.max(...points.map((p) => p.high)) * 1.1;
  return {
    type: 'quantitative',
    scale: { type: 'log', domain: [low, high], nice: false },
    axis: { title: 'TFLOP/s', values: ticksWithin(low, high), format: '~g' },
  };
}

const BATCH_AXIS = {
  title: 'batch size (rows of x)',
  labelExpr: BATCH_LABEL,
  labelOverlap: true,
  labelFlush: false,
};

/** The bands of the middle samples, the lines of the medians, and a mark at each of these. */
function bandsLinesAndMarks(providers: string[], styles: Style[], y: ReturnType<typeof rateAxis>) {
  const legend = { title: null, symbolSize: 80, symbolStrokeWidth: 2, labelLimit: 0 };
  const styled = (range: unknown[]) => ({
    field: 'provider',
    scale: { domain: providers, range },
    legend: { ...legend, symbolFillColor: 'transparent' },
  });
  const stroke = styled(styles.map(({ color }) => color));
  const detail = { field: 'provider' };
  return [
    {
      mark: { type: 'area', opacity: 0.15 },
      encoding: {
        y: { ...y, field: 'low' },
        y2: { field: 'high' },
        fill: { field: 'color', type: 'nominal', scale: null },
        detail,
      },
    },
    {
      mark: { type: 'line', strokeWidth: 2 },
      encoding: {
        y: { ...y, field: 'tflops' },
        stroke,
        strokeDash: { field: 'dash', type: 'nominal', scale: null },
        detail,
      },
    },
    {
      mark: { type: 'point', size: 45, strokeWidth: 1.6, fill: 'white' },
      encoding: {
        y: { ...y, field: 'tflops' },
        stroke,
        shape: styled(styles.map(({ shape }) => shape)),
      },
    },
  ];
}

export function lineChart(title: string, subtitle: string, results: readonly Result[]): object {
  const providers = unique(results.map(({ provider }) => provider));
  const styles = stylesOf(providers);
  const points = results.map((result) => point(result, styles[providers.indexOf(result.provider)]));
  return {
    width: WIDTH,
    height: HEIGHT,
    padding: 12,
    background: 'white',
    title: { text: title, subtitle, anchor: 'start', fontSize: 15, subtitleFontSize: 11 },
    config: { font: FONT, axis: { labelFontSize: 11, titleFontSize: 12, gridColor: '#e4e4e4' } },
    data: { values: points },
    encoding: {
      x: {
        field: 'm',
        type: 'quantitative',
        scale: { type: 'log', base: 2, nice: false },
        axis: { ...BATCH_AXIS, values: unique(results.map(({ m }) => m)) },
      },
    },
    layer: bandsLinesAndMarks(providers, styles, rateAxis(points)),
  };
}
