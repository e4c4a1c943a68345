import { escapeHtml } from '../../../src/cli/bench/page/html';
import { metrics, type Measurement, type Metric } from './results';

const WIDTH = 290;
const BAR_HEIGHT = 16;
const ROW_HEIGHT = 46;
const LABEL_HEIGHT = 19;

/** One chart a metric, all with the same rows, so that they can be read side by side. */
export function charts(measurements: Measurement[]): string {
  return metrics.map((metric) => chart(metric, measurements)).join('\n');
}

/** Horizontal bars from 0, each with its value and how it compares with the first. */
function chart(metric: Metric<Measurement>, measurements: Measurement[]): string {
  const values = measurements.map(metric.value);
  const largest = Math.max(...values);
  const rows = measurements.map(({ name }, index) => {
    const value = values[index];
    const comparison = index === 0 ? '' : metric.compare(value, values[0]);
    return row(index, name, metric.format(value), comparison, value / largest);
  });
  const height = ROW_HEIGHT * measurements.length;
  return `<figure>
<figcaption>${escapeHtml(metric.title)} <span class="quiet">${metric.better} is better</span></figcaption>
<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeHtml(metric.title)}">
${rows.join('\n')}
</svg>
</figure>`;
}

function row(index: number, name: string, value: string, comparison: string, part: number): string {
  const top = index * ROW_HEIGHT;
  const width = Math.max(2, part * WIDTH).toFixed(1);
  const baseline = top + LABEL_HEIGHT - 5;
  return `<text x="0" y="${baseline}" class="name">${escapeHtml(name)}</text>
<text x="${WIDTH}" y="${baseline}" class="value" text-anchor="end"><tspan class="comparison">${escapeHtml(comparison)}</tspan>  ${escapeHtml(value)}</text>
<rect x="0" y="${top + LABEL_HEIGHT}" width="${WIDTH}" height="${BAR_HEIGHT}" rx="4" class="track"/>
<rect x="0" y="${top + LABEL_HEIGHT}" width="${width}" height="${BAR_HEIGHT}" rx="4" class="bar-${index}"/>`;
}
