// TypeScript, an ES module.
import tf from '@tensorflow/tfjs-node';
import * as namespace from 'tfjs-qutlass';

const { values, scale } = tf.qutlass.quantizeWeightInt8(tf.tensor2d([[1], [2], [-127]]));
const y: namespace.Tensor = namespace.qutlass.linearInt8([[127, -64, 2]], values, scale);
console.log(JSON.stringify({ y: y.arraySync(), kernels: tf.qutlass.info().kernels }));
