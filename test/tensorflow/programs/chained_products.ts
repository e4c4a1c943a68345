/**
 * A chain in which every op of ours reads what TensorFlow has just queued, and TensorFlow what ours
 * has: prints which stream was used, and the sum of the results' bits. Wrong order, wrong sum.
 */
import * as tf from '../../../src/index';

const SIZE = 2048;

function product(x: tf.Tensor2D, kernel: tf.Tensor2D, quantized: tf.Tensor2D[]): tf.Tensor2D {
  return tf.tidy(() => {
    const [values, scale] = quantized;
    const float = tf.matMul(x, kernel) as tf.Tensor2D;
    const y = tf.qutlass.linearInt8(float, values, scale as tf.Tensor) as tf.Tensor2D;
    return y.div(y.abs().max()) as tf.Tensor2D;
  });
}

let x = tf.randomNormal([SIZE, SIZE], 0, 1, 'float32', 1) as tf.Tensor2D;
const kernel = tf.randomNormal([SIZE, SIZE], 0, 0.02, 'float32', 2) as tf.Tensor2D;
const { values, scale } = tf.qutlass.quantizeWeightInt8(kernel);
for (let i = 0; i < 10; i++) {
  const y = product(x, kernel, [values, scale] as tf.Tensor2D[]);
  x.dispose();
  x = y;
}
const bits = new Uint32Array((x.dataSync() as Float32Array).buffer);
const sum = bits.reduce((total, word) => (total + word) % 2 ** 32, 0);
console.log(JSON.stringify({ stream: tf.qutlass.info().native!.stream, sum }));
