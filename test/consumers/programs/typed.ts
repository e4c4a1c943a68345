// TypeScript, CommonJS: tf.qutlass is typed on every tfjs package.
import * as plain from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-node';
import { qutlass, type Info, type Qutlass } from 'tfjs-qutlass';

const kernel: tf.Tensor2D = tf.tensor2d([[1], [2], [-127]]);
const { values, scale } = tf.qutlass.quantizeWeightInt8(kernel);
const y: tf.Tensor = tf.qutlass.linearInt8(tf.tensor2d([[127, -64, 2]]), values, scale, {
  activation: 'linear',
});
// @ts-expect-error -- no such activation
const refused = () => tf.qutlass.linearInt8(kernel, values, scale, { activation: 'softplus' });
// @ts-expect-error -- no such op
const unknown = () => plain.qutlass.linearInt3;

const namespace: Qutlass = qutlass;
const info: Info = namespace.info();
const closures = [refused, unknown].length;
console.log(JSON.stringify({ y: y.arraySync(), kernels: info.kernels, closures }));
