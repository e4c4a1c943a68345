import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

import { packInt4 } from '../../src/ops';
import { expectError } from '../support/expectations';

describe('a backend without our kernels', () => {
  beforeEach(async () => {
    tf.registerBackend('bare', () => new MathBackendCPU());
    await tf.setBackend('bare');
  });

  afterEach(async () => {
    await tf.setBackend('cpu');
    tf.removeBackend('bare');
  });

  it('is an error that names it and the remedy', () => {
    expectError(
      () => packInt4([1]),
      "packInt4: backend 'bare' has no kernel QutlassPackInt4. In a browser call await " +
        "tf.setBackend('cpu') first; in Node load @tensorflow/tfjs-node or tfjs-node-gpu and then " +
        "require('tfjs-qutlass')",
    );
  });
});
