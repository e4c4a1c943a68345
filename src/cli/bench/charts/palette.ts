/**
 * How each provider is drawn: colours of Okabe and Ito, which people tell apart whatever colours they
 * see (https://jfly.uni-koeln.de/color/), but for their yellow, which is too pale for a line on white;
 * grey for ONNX Runtime's; and for black and white a mark and a dash each.
 */

export interface Style {
  color: string;
  dash: number[];
  /** A shape of Vega's symbols. */
  shape: string;
}

const SOLID: number[] = [];
const DASHED = [6, 3];
const DOTTED = [2, 2];
const DASH_DOTTED = [7, 2, 2, 2];

const STYLES: Record<string, Style> = {
  'tfjs-float32': { color: '#000000', dash: SOLID, shape: 'circle' },
  int8: { color: '#0072B2', dash: SOLID, shape: 'square' },
  'int8-noquant': { color: '#56B4E9', dash: DASHED, shape: 'square' },
  int4: { color: '#009E73', dash: SOLID, shape: 'triangle-up' },
  int4a8: { color: '#CC79A7', dash: SOLID, shape: 'triangle-down' },
  int4a4: { color: '#D55E00', dash: SOLID, shape: 'diamond' },
  'int4a4-noquant': { color: '#E69F00', dash: DASHED, shape: 'diamond' },
  'onnxruntime-int8': { color: '#7F7F7F', dash: DASH_DOTTED, shape: 'triangle-left' },
  'onnxruntime-int4': { color: '#7F7F7F', dash: DASHED, shape: 'triangle-down' },
};

/** Rotations have their provider's colour; the marks tell them apart. */
const ROTATED_SHAPES = ['triangle-right', 'cross', 'wedge', 'arrow', 'stroke'];

const UNKNOWN: Style = { color: '#999999', dash: DOTTED, shape: 'circle' };

/** The styles of providers, in their order. */
export function stylesOf(providers: readonly string[]): Style[] {
  const rotations = providers.map((name) => /-had\d+$/.exec(name)?.[0]).filter(Boolean);
  const sizes = [...new Set(rotations)];
  return providers.map((name) => {
    const [suffix] = /-had\d+$/.exec(name) ?? [];
    const style = STYLES[name.slice(0, name.length - (suffix?.length ?? 0))] ?? UNKNOWN;
    if (suffix === undefined) return style;
    const shape = ROTATED_SHAPES[sizes.indexOf(suffix) % ROTATED_SHAPES.length];
    return { color: style.color, dash: DOTTED, shape };
  });
}
