/** The builds for browsers, each loaded as a user's page loads it, beside the published tfjs. */
import '../../src/namespace';
import { openPage, type Page, script, served } from './page';

type Tfjs = typeof import('@tensorflow/tfjs');

const TFJS = 'node_modules/@tensorflow/tfjs/dist';

/** Saved in Node. */
const GRAPH_MODEL = 'test/fixtures/saved_graph_models/v1/int8';

const SCRIPT_TAGS = ['tfjs-qutlass.js', 'tfjs-qutlass.min.js'].map((file) => ({
  name: `dist/${file}`,
  html: script(`${TFJS}/tf.min.js`) + script(`dist/${file}`),
}));

const IMPORT_MAP = JSON.stringify({
  imports: {
    '@tensorflow/tfjs': served(`${TFJS}/tf.fesm.min.js`),
    '@tensorflow/tfjs-core': served(`${TFJS}/tf.fesm.min.js`),
    '@tensorflow/tfjs-converter': served(`${TFJS}/tf.fesm.min.js`),
    '@tensorflow/tfjs-layers': served(`${TFJS}/tf.fesm.min.js`),
    'tfjs-qutlass': served('dist/browser.mjs'),
  },
});
const MODULE = {
  name: 'dist/browser.mjs',
  html: `<script type="importmap">${IMPORT_MAP}</script>
    <script type="module">import * as tf from 'tfjs-qutlass'; globalThis.tf = tf;</script>`,
};

async function usingPage(html: string, use: (page: Page) => void | Promise<void>) {
  const page = await openPage(html);
  try {
    await page.tf?.setBackend('cpu');
    await use(page);
  } catch (error) {
    // tfjs's ES5 builds throw errors without a stack, which jasmine cannot format.
    throw new Error((error as Error).message);
  } finally {
    page.close();
  }
}

async function expectOpsToRun(tf: Tfjs) {
  const x = tf.tensor2d([[127, -64, 2]]);
  const { values: packed } = tf.qutlass.quantizeInt8(x);
  expect(Array.from(await packed.data())).toEqual([0x02_c0_7f]);
  const { values, scale } = tf.qutlass.quantizeWeightInt8(tf.tensor2d([[1], [2], [-127]]));
  expect(Array.from(await tf.qutlass.linearInt8(x, values, scale).data())).toEqual([-255]);
}

function expectLayersToFit(tf: Tfjs) {
  const layers = [tf.layers.dense({ units: 2, inputShape: [3], kernelInitializer: 'ones' })];
  const quantized = tf.qutlass.quantizeModel(tf.sequential({ layers }), { weights: 'int8' });
  expect(quantized.layers[0] instanceof tf.layers.Layer).toBeTrue();
  const y = quantized.predict(tf.tensor2d([[1, 2, 127]])) as ReturnType<Tfjs['tensor']>;
  expect(Array.from(y.dataSync())).toEqual([130, 130]);
}

async function expectGraphModelsToLoad(tf: Tfjs) {
  const model = await tf.loadGraphModel(served(`${GRAPH_MODEL}/model.json`));
  const { inputs, outputs } = await (await fetch(served(`${GRAPH_MODEL}/expected.json`))).json();
  const y = model.predict(tf.tensor(inputs.image)) as ReturnType<Tfjs['tensor']>;
  expect(Array.from(y.dataSync())).toEqual(outputs.all);
  // A page's tfjs has classes of its own.
  const again = await tf.qutlass.quantizeGraphModel(model);
  expect(again instanceof tf.GraphModel).toBeTrue();
}

for (const { name, html } of [...SCRIPT_TAGS, MODULE]) {
  describe(name, () => {
    it('gives tf.qutlass, whose ops run', async () => {
      await usingPage(html, async ({ tf, errors }) => {
        expect(errors).toEqual([]);
        await expectOpsToRun(tf as Tfjs);
        expect((tf as Tfjs).qutlass.info()).toEqual(
          jasmine.objectContaining({ backend: 'cpu', kernels: 'typescript', native: null }),
        );
      });
    });

    it("makes layers of the page's own tfjs", async () => {
      await usingPage(html, ({ tf }) => expectLayersToFit(tf as Tfjs));
    });

    it('loads a quantized graph model to the same bits as in Node', async () => {
      await usingPage(html, ({ tf }) => expectGraphModelsToLoad(tf as Tfjs));
    });
  });
}

describe('a script tag of tfjs-qutlass', () => {
  it('says what is missing where tfjs is not loaded', async () => {
    await usingPage(script('dist/tfjs-qutlass.min.js'), ({ errors }) => {
      expect(errors).toEqual([
        jasmine.stringMatching(/load the script of @tensorflow\/tfjs first/),
      ]);
    });
  });

  it('may be loaded twice', async () => {
    const twice = script('dist/tfjs-qutlass.min.js') + SCRIPT_TAGS[1].html;
    await usingPage(script(`${TFJS}/tf.min.js`) + twice, async ({ tf, errors }) => {
      expect(errors).toEqual([]);
      await expectOpsToRun(tf as Tfjs);
    });
  });
});
