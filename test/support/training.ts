/** Specs that train. */
import * as tf from '@tensorflow/tfjs-core';

/**
 * Turns off tfjs's own check for leaks, an op at a time, for the specs of a `describe`: on tfjs-node
 * it takes what tfjs's fused ops save for their gradients for leaked.
 */
export function allowSavedTensors(): void {
  beforeEach(() => tf.env().set('IS_TEST', tf.getBackend() !== 'tensorflow'));
  afterEach(() => tf.env().set('IS_TEST', true));
}
