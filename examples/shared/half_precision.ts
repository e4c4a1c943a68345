import type { io } from '@tensorflow/tfjs-core';
import * as tf from '../../src/index';

/** Saves a model to a folder with its weights in float16, from which tf.loadLayersModel makes float32. */
export async function saveInHalves(model: tf.LayersModel, folder: string): Promise<void> {
  const [files] = tf.io.getSaveHandlers(`file://${folder}`);
  const handler = tf.io.withSaveHandler((artifacts) => files.save!(inHalves(artifacts)));
  await model.save(handler);
}

function inHalves(artifacts: io.ModelArtifacts): io.ModelArtifacts {
  const weightSpecs = artifacts.weightSpecs!.map((spec) => ({
    ...spec,
    quantization: { dtype: 'float16' as const },
  }));
  const floats = new Float32Array(tf.io.CompositeArrayBuffer.join(artifacts.weightData));
  const weightData = Uint16Array.from(floats, toHalf).buffer;
  return { ...artifacts, weightSpecs, weightData };
}

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** The bits of the float16 that is nearest to a float32 below 65520 in size, ties to even. */
function toHalf(value: number): number {
  const size = Math.abs(value);
  const sign = value < 0 ? 0x8000 : 0;
  if (size < 2 ** -14) return sign | roundHalfEven(size * 2 ** 24); // subnormal, in steps of 2⁻²⁴
  float[0] = size;
  const dropped = 13; // float32 has 23 bits of fraction, float16 10
  const exponentShift = (127 - 15) << 10;
  return sign | (roundHalfEven(bits[0] / 2 ** dropped) - exponentShift);
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return floor + (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? 1 : 0);
}
