/**
 * `npm run test:browser`: the specs of the 'cpu' backend and of the builds for browsers (dist/, from
 * `npm run build`), in a real headless Chromium.
 */
const { join } = require('node:path');

/** Served for the specs in test/browser to load, not loaded by the page itself. */
const SERVED = [
  'dist/*.{js,mjs,map}',
  'node_modules/@tensorflow/tfjs/dist/tf*.min.js',
  'test/fixtures/**',
];

/** As test/support/patience.ts has it for Node. */
const PATIENCE_MS = 300_000;

module.exports = async (config) => {
  const { bundleBrowserSpecs } = await import('./scripts/browser_specs.mjs');
  const { findChromium } = await import('./scripts/chromium.mjs');
  const chromium = await findChromium();
  Object.assign(process.env, chromium.env, { CHROME_BIN: chromium.path });

  config.set({
    basePath: __dirname,
    frameworks: ['jasmine'],
    files: [
      await bundleBrowserSpecs(),
      ...SERVED.map((pattern) => ({
        pattern: join(__dirname, pattern),
        included: false,
        watched: false,
      })),
    ],
    client: {
      jasmine: {
        random: true,
        seed: '20517',
        failSpecWithNoExpectations: true,
        forbidDuplicateNames: true,
        timeoutInterval: PATIENCE_MS,
      },
    },
    browsers: ['HeadlessChromium'],
    customLaunchers: { HeadlessChromium: { base: 'ChromeHeadless', flags: chromium.flags } },
    reporters: ['dots'],
    // A property over many shapes holds the page for long, and a busy machine longer.
    browserNoActivityTimeout: PATIENCE_MS,
    browserDisconnectTimeout: PATIENCE_MS,
    pingTimeout: PATIENCE_MS,
    captureTimeout: PATIENCE_MS,
    failOnEmptyTestSuite: true,
    singleRun: true,
  });
};
