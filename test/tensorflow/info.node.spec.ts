/** `tf.qutlass.info()` on tfjs-node: how a product of a shape is computed. */
import * as tf from '../../src/index';
import { testBackends } from '../support/backends';

const { info } = tf.qutlass;

for (const { name, place } of testBackends) {
  if (name !== 'tensorflow') continue;

  describe('info of a product', () => {
    beforeEach(() => tf.setBackend(name));

    it('is not there where none was asked about', () => {
      expect('product' in info()).toBeFalse();
    });

    it('says how it is computed, and in how much memory', () => {
      const product = info({ m: 300, n: 4096, k: 4096, groupSize: 128 }).product!;
      const configuration = place === 'device' ? /^\d+x\d+w?(\/\d+)?$/ : /^[a-z0-9]+$/;
      expect(Object.keys(product).sort()).toEqual(['int4', 'int4Int4', 'int8', 'int8Int4']);
      for (const { configuration: found, workspaceBytes } of Object.values(product)) {
        expect(found).toMatch(configuration);
        expect(workspaceBytes).toBeGreaterThanOrEqual(0);
      }
      expect(product.int8Int4.workspaceBytes).toBeGreaterThanOrEqual(300 * (4096 + 4));
      if (place === 'device') {
        expect(product.int4.workspaceBytes).toBeGreaterThanOrEqual(300 * 4096 * 2);
        expect(product.int8Int4.configuration).toBe(product.int4.configuration);
        expect(product.int8Int4.workspaceBytes).toBeGreaterThanOrEqual(
          product.int4.workspaceBytes + 300 * (4096 + 4),
        );
      }
    });

    if (place === 'device') {
      it('names the kernel for few rows', () => {
        const product = info({ m: 1, n: 4096, k: 4096, groupSize: 128 }).product!;
        for (const [name, { configuration, workspaceBytes }] of Object.entries(product)) {
          expect(configuration).toBe('stream');
          if (name === 'int8Int4') expect(workspaceBytes).toBeGreaterThanOrEqual(4096 + 4);
          else expect(workspaceBytes).toBe(0);
        }
      });
    }

    it('refuses sizes that are none', () => {
      expect(() => info({ m: 0, n: 1, k: 1 })).toThrowError(
        /info: m is 0, expected a whole number/,
      );
      expect(() => info({ m: 1, n: 1.5, k: 1 })).toThrowError(/info: n is 1.5/);
      expect(() => info({ m: 1, n: 1, k: 64, groupSize: 12 })).toThrowError(
        /info: groupSize is 12, expected a multiple of 8, or K=64 or more/,
      );
    });

    it('has none on a backend whose kernels are not native', async () => {
      await tf.setBackend('cpu');
      expect(info({ m: 1, n: 1, k: 1 }).product).toBeUndefined();
    });
  });
}
