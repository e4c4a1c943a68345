/** Colours of ratios: orange where slower, white where equal, blue where faster, for all eyes. */

type Rgb = [number, number, number];

const SLOWER: Rgb = [0xb3, 0x58, 0x06];
const EQUAL: Rgb = [0xff, 0xff, 0xff];
const FASTER: Rgb = [0x05, 0x43, 0x7e];

/** The ratio at which a colour is at its full strength; the scale is logarithmic. */
const FULL = 16;

function hex(color: Rgb): string {
  return `#${color.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`;
}

export function heatColor(ratio: number): string {
  const strength = Math.min(1, Math.abs(Math.log(ratio)) / Math.log(FULL));
  const end = ratio < 1 ? SLOWER : FASTER;
  return hex(EQUAL.map((value, i) => value + strength * (end[i] - value)) as Rgb);
}

/** Black or white, whichever is read more easily. */
export function textColorOn(color: string): string {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? '#000000' : '#ffffff';
}
