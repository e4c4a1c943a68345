import { io, util } from '@tensorflow/tfjs-core';
import { loadLayersModel, type LayersModel } from '@tensorflow/tfjs-layers';
import { QutlassModelError } from './model_error';

/**
 * Loads a model as `tf.loadLayersModel` does, which takes quantized models too; but whatever is
 * wrong with what is read, from a path that does not exist to weights that were cut off, is a
 * `QutlassModelError` with a `code`, and is found before a model is made of it as far as that can be.
 *
 * ```js
 * const model = tf.sequential({layers: [tf.layers.dense({units: 64, inputShape: [128]})]});
 * const quantized = tf.qutlass.quantizeModel(model);
 * let saved;
 * await quantized.save(tf.io.withSaveHandler(async (artifacts) => {
 *   saved = artifacts;
 *   return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
 * }));
 * const loaded = await tf.qutlass.loadModel(tf.io.fromMemory(saved));
 * console.log(loaded.layers[0].getClassName());  // QuantizedDense
 * ```
 *
 * @param pathOrIOHandler a URL, a path with a scheme ('file://...', in Node), or a handler
 * @param options those of `tf.loadLayersModel`
 * @throws QutlassModelError (as a rejection) where there is no model that can be loaded
 *
 * @doc {heading: 'Models', subheading: 'Loading', namespace: 'qutlass'}
 */
export async function loadModel(
  pathOrIOHandler: string | io.IOHandler,
  options: io.LoadOptions = {},
): Promise<LayersModel> {
  const place = typeof pathOrIOHandler === 'string' ? `'${pathOrIOHandler}'` : 'the IOHandler';
  const artifacts = await read(place, pathOrIOHandler, options);
  checkTopology(place, artifacts.modelTopology);
  checkWeights(place, artifacts);
  try {
    return await loadLayersModel(io.fromMemory(artifacts), { strict: options.strict });
  } catch (error) {
    throw explained(place, error);
  }
}

async function read(
  place: string,
  pathOrIOHandler: string | io.IOHandler,
  options: io.LoadOptions,
): Promise<io.ModelArtifacts> {
  try {
    const handler =
      typeof pathOrIOHandler === 'string'
        ? (io.getLoadHandlers(pathOrIOHandler, options)[0] ??
          io.browserHTTPRequest(pathOrIOHandler, options))
        : pathOrIOHandler;
    return await (handler as { load(): Promise<io.ModelArtifacts> }).load();
  } catch (error) {
    const { message } = error as Error;
    throw new QutlassModelError(
      'NOT_READABLE',
      `cannot read a model from ${place}: ${message}`,
      error,
    );
  }
}

function checkTopology(place: string, topology: unknown): void {
  const { model_config: wrapped, ...rest } = (topology ?? {}) as Record<string, unknown>;
  const config = (wrapped ?? rest) as Record<string, unknown>;
  if ('class_name' in config || 'className' in config) return;
  const hint = 'node' in config ? ' but a graph model: load it with tf.loadGraphModel' : '';
  throw new QutlassModelError('NOT_A_LAYERS_MODEL', `${place} has no layers model${hint}`);
}

/** Checks that there are as many bytes as the weights take. */
function checkWeights(place: string, { weightSpecs, weightData }: io.ModelArtifacts): void {
  const specs = weightSpecs ?? [];
  if (specs.some(({ dtype }) => dtype === 'string')) return; // of any length
  const expected = specs.reduce((sum, spec) => sum + bytesOf(spec), 0);
  const buffers = weightData === undefined ? [] : [weightData].flat();
  const bytes = buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (bytes === expected) return;
  throw new QutlassModelError(
    'DAMAGED',
    `${place} has ${bytes} bytes of weights, expected ${expected} for its ${specs.length} weights`,
  );
}

const BYTES = { uint8: 1, uint16: 2, float16: 2, bool: 1, complex64: 8 };

function bytesOf({ shape, dtype, quantization }: io.WeightsManifestEntry): number {
  const stored = quantization?.dtype ?? dtype;
  return util.sizeFromShape(shape) * ((BYTES as Record<string, number>)[stored] ?? 4);
}

function explained(place: string, error: unknown): QutlassModelError {
  // By name, not by class: where this package is loaded twice, layers are those of one copy.
  if ((error as Error).name === 'QutlassModelError') return error as QutlassModelError;
  const { message } = error as Error;
  const code = message.startsWith('Unknown layer') ? 'UNKNOWN_LAYER' : 'DAMAGED';
  return new QutlassModelError(code, `cannot load ${place}: ${message}`, error);
}
