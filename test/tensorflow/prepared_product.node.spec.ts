/** The addon's class itself: what is wrong is an exception that says so, never a crash. */
import { type Tensor, findBackend } from '@tensorflow/tfjs-core';

import * as tf from '../../src/index';
import { type TensorflowBackend, execute } from '../../src/kernels/tensorflow/backend';
import { loadAddon, type PreparedProduct } from '../../src/runtime/addon';
import { testBackends } from '../support/backends';

const K = 20;
const N = 3;
const OP = 'QutlassLinearInt8Prepacked';

if (testBackends.some(({ name, place }) => name === 'tensorflow' && place === 'host')) {
  describe('PreparedProduct', () => {
    const { PreparedProduct } = loadAddon();
    let backend: TensorflowBackend;
    beforeAll(async () => {
      await tf.setBackend('tensorflow');
      backend = findBackend('tensorflow') as TensorflowBackend;
    });

    function tokenOf(tensor: tf.TensorInfo): number {
      const attributes = { T: { dtype: tensor.dtype } };
      return (execute(backend, 'QutlassHold', [tensor], attributes) as Tensor).dataSync()[0];
    }

    /** Of weights of K by N; undefined where the processor multiplies them as they are. */
    function prepared(op = OP, attributes = {}): PreparedProduct | undefined {
      const token = tf.tidy(() => {
        const w = tf.qutlass.packInt8(tf.ones([N, K], 'int32'));
        const prepacked = execute(backend, 'QutlassPrepackInt8', [w], {});
        return prepacked.shape[0] > 0 ? tokenOf(prepacked) : undefined;
      });
      if (token === undefined) return undefined;
      const product = new PreparedProduct(op, attributes);
      product.hold(token);
      return product;
    }

    it('makes products after its weights are disposed of', () => {
      const product = prepared(OP, { activation: 'relu' });
      if (!product) return pending('this processor multiplies weights as they are');
      product.copy(Float32Array.of(1, -1, 0.5), [N]);
      const rows = new Float32Array(2 * K).fill(127);
      expect(product.multiply(rows, 2)).toEqual(Float32Array.of(2544, 0, 1272, 2544, 0, 1272));
      product.dispose();
      expect(() => product.multiply(rows, 2)).toThrowError(
        'linearInt8Prepacked: this product was disposed of',
      );
    });

    it('refuses an op that does not exist, or is TensorFlow’s alone', () => {
      for (const op of ['QutlassLinearInt9', 'QutlassLinearInt8']) {
        expect(() => new PreparedProduct(op, {})).toThrowError(
          /there is no such op that can be called without TensorFlow/,
        );
      }
    });

    it('refuses attributes that the op refuses', () => {
      expect(() => new PreparedProduct(OP, { activation: 'gelu' })).toThrowError(
        "linearInt8Prepacked: activation is 'gelu', expected 'linear', 'relu' or 'relu6'",
      );
    });

    it('refuses a token twice', () => {
      const token = tf.tidy(() => tokenOf(tf.zeros([2])));
      const product = new PreparedProduct(OP, {});
      product.hold(token);
      expect(() => product.hold(token)).toThrowError(
        `linearInt8Prepacked: no tensor is held under the token ${token}`,
      );
    });

    it('refuses a copy of another size', () => {
      const product = new PreparedProduct(OP, {});
      expect(() => product.copy(new Float32Array(2), [3])).toThrowError(
        'linearInt8Prepacked: an input of shape [3] has 2 values',
      );
    });

    it('refuses rows of another length', () => {
      const product = prepared();
      if (!product) return pending('this processor multiplies weights as they are');
      product.copy(new Float32Array(N), [N]);
      expect(() => product.multiply(new Float32Array(K + 1), 2)).toThrowError(
        `linearInt8Prepacked: x has ${K + 1} values, expected 2 rows of them`,
      );
      expect(() => product.multiply(new Float32Array(K + 1), 1)).toThrowError(
        'linearInt8Prepacked: w was prepacked with 5 words a row, expected 6, for K=21',
      );
    });

    it('says which input is missing', () => {
      expect(() => new PreparedProduct(OP, {}).multiply(new Float32Array(K), 1)).toThrowError(
        'linearInt8Prepacked: w is missing',
      );
    });
  });
}
