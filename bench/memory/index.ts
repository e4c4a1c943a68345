/**
 * `npm run bench:memory`: the memory of a process that quantizes a large model, in place and not.
 *
 *   npm run bench:memory -- [--layers 8] [--width 8192] [--weights int4]
 *
 * Each row is a process of its own (worker.ts). Linux only: the peak is that of /proc/self/status.
 */
import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';

import type { Measured, Request } from './worker';

function parseRequest(): Omit<Request, 'inPlace'> {
  const { values } = parseArgs({
    options: {
      layers: { type: 'string', default: '8' },
      width: { type: 'string', default: '8192' },
      weights: { type: 'string', default: 'int4' },
    },
  });
  const [layers, width] = [Number(values.layers), Number(values.width)];
  const areSizes = [layers, width].every((size) => Number.isInteger(size) && size > 0);
  if (!areSizes) throw new Error('--layers and --width are to be positive integers');
  const { weights } = values;
  if (weights !== 'int4' && weights !== 'int8') {
    throw new Error(`--weights is '${weights}', expected int4 or int8`);
  }
  return { layers, width, weights };
}

function measure(request: Request): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const child = fork(require.resolve('./worker'), [JSON.stringify(request)]);
    child.once('message', (measured) => resolve(measured as Measured));
    child.once('exit', (code) => reject(new Error(`the worker ended with ${code}`)));
  });
}

const inMegabytes = (bytes: number) => String(Math.round(bytes / 1e6)).padStart(8);

async function main(): Promise<void> {
  const request = parseRequest();
  const layerBytes = 4 * request.width * (request.width + 1);
  const modelBytes = request.layers * layerBytes;
  console.log(
    `${request.layers} dense layers ${request.width} x ${request.width} to ${request.weights}, in MB; ` +
      `float32: ${Math.round(modelBytes / 1e6)}, one layer: ${Math.round(layerBytes / 1e6)}\n`,
  );
  console.log('in place    before      peak     after   peak over float model + one layer');
  for (const inPlace of [false, true]) {
    // What the process has without a model is no part of it.
    const { empty, before, peak, after } = await measure({ ...request, inPlace });
    const over = peak - empty - (modelBytes + layerBytes);
    const cells = [before, peak, after].map((bytes) => inMegabytes(bytes - empty));
    console.log(`${String(inPlace).padEnd(8)}  ${cells.join('  ')}   ${inMegabytes(over)}`);
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
