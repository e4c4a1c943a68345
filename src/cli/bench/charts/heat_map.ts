/** How many times faster than tfjs's float32: batch sizes by layers, a map a provider. */
import { BASELINE } from '../providers';
import type { Result } from '../results';
import { modelTitle, shapeTitle } from '../shapes';
import { formatRatio, speedUps } from '../table';
import { unique } from '../unique';
import { heatColor, textColorOn } from './heat_color';
import { FONT } from './theme';

export interface HeatCell {
  layer: string;
  m: number;
  ratio: number;
}

export interface HeatMap {
  provider: string;
  cells: HeatCell[];
}

/** Without the model where there is but one: what all columns share is no heading of theirs. */
function columnTitles(results: readonly Result[]): (result: Result) => string {
  const models = unique(results.map(modelTitle));
  return models.length === 1 ? ({ layer }) => layer : shapeTitle;
}

/** The maps of all providers that were measured beside float32's product. */
export function heatMaps(results: readonly Result[]): HeatMap[] {
  const speedUp = speedUps(results);
  const titleOf = columnTitles(results);
  return unique(results.map(({ provider }) => provider))
    .filter((name) => name !== BASELINE)
    .map((provider) => ({
      provider,
      cells: results
        .filter((result) => result.provider === provider)
        .map((result) => ({ layer: titleOf(result), m: result.m, ratio: speedUp(result) }))
        .filter((cell): cell is HeatCell => cell.ratio !== undefined),
    }))
    .filter(({ cells }) => cells.length > 0);
}

const COLUMN_WIDTH = 58;
const ROW_HEIGHT = 17;
/** Side by side, so many columns of all maps are still read on a page; two maps always are. */
const COLUMNS_A_ROW = 12;

const AXIS = { title: null, domain: false, ticks: false, labelLimit: 0 };

function mapChart({ provider, cells }: HeatMap): object {
  const values = cells.map((cell) => {
    const color = heatColor(cell.ratio);
    return { ...cell, color, text: formatRatio(cell.ratio), textColor: textColorOn(color) };
  });
  const x = { field: 'layer', sort: null, axis: { ...AXIS, labelAngle: -30 } };
  const y = { field: 'm', type: 'ordinal', axis: { ...AXIS, title: 'batch size' } };
  const fixed = (field: string) => ({ field, type: 'nominal', scale: null });
  return {
    title: { text: provider, anchor: 'start', frame: 'group', offset: 4, fontSize: 13 },
    data: { values },
    width: { step: COLUMN_WIDTH },
    height: { step: ROW_HEIGHT },
    encoding: { x, y },
    layer: [
      {
        mark: { type: 'rect', stroke: 'white', strokeWidth: 1 },
        encoding: { color: fixed('color') },
      },
      {
        mark: { type: 'text', fontSize: 10 },
        encoding: { text: { field: 'text' }, color: fixed('textColor') },
      },
    ],
  };
}

/** All maps in one picture, as a specification of Vega-Lite; undefined where there are none. */
export function heatMapChart(results: readonly Result[]): object | undefined {
  const maps = heatMaps(results);
  if (maps.length === 0) return undefined;
  const layers = unique(results.map(shapeTitle));
  const subtitle = [...unique(results.map(modelTitle)), results[0].device].join('; ');
  return {
    background: 'white',
    padding: 12,
    title: {
      text: `Times faster than ${BASELINE}`,
      subtitle,
      anchor: 'start',
      offset: 14,
      fontSize: 15,
    },
    config: { font: FONT, view: { stroke: null } },
    concat: maps.map(mapChart),
    columns: Math.max(2, Math.floor(COLUMNS_A_ROW / layers.length)),
    spacing: { row: 24, column: 28 },
  };
}
