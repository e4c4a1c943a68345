/** The packages that draw: vega and vega-lite, resvg, and a font for it. None comes with this one. */
import { join } from 'node:path';

import { importOptional, optionalFolder } from '../optional_package';

interface Vega {
  parse(spec: object): object;
  View: new (runtime: object, options: object) => { toSVG(): Promise<string>; finalize(): void };
}

interface VegaLite {
  compile(spec: object): { spec: object };
}

interface Resvg {
  Resvg: new (svg: string, options: object) => { render(): { asPng(): Uint8Array } };
}

/** What draws. */
export interface ChartLibraries {
  svg(vegaLiteSpec: object): Promise<string>;
  png(svg: string): Uint8Array;
}

/** What to type where a package is missing. */
export const INSTALL_CHARTS =
  'npm install --save-dev vega@6 vega-lite@6.1 @resvg/resvg-js@2 dejavu-fonts-ttf@2';

/** Pixels a unit of the picture: sharp on screens with small pixels, too. */
const ZOOM = 2;

function fontFiles(folder: string): string[] {
  return ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((name) => join(folder, 'ttf', name));
}

/** Undefined where one of them is not installed. Rejects where one does not load. */
export async function loadChartLibraries(): Promise<ChartLibraries | undefined> {
  const vega = await importOptional<Vega>('vega');
  const vegaLite = await importOptional<VegaLite>('vega-lite');
  const resvg = await importOptional<Resvg>('@resvg/resvg-js');
  const fonts = optionalFolder('dejavu-fonts-ttf');
  if (!vega || !vegaLite || !resvg || !fonts) return undefined;
  return {
    async svg(spec) {
      const view = new vega.View(vega.parse(vegaLite.compile(spec).spec), { renderer: 'none' });
      const svg = await view.toSVG();
      view.finalize();
      return svg;
    },
    png(svg) {
      const font = { fontFiles: fontFiles(fonts), loadSystemFonts: false };
      const options = {
        font: { ...font, defaultFontFamily: 'DejaVu Sans' },
        fitTo: { mode: 'zoom', value: ZOOM },
      };
      return new resvg.Resvg(svg, options).render().asPng();
    },
  };
}
