/** The backends that op specs run on, in the manner of tfjs's describeWithFlags. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

import { registerGradients } from '../../src/gradients/register_all_gradients';
import { registerCpuKernels } from '../../src/kernels/cpu/register_all_kernels';

/** A backend with our kernels. */
export interface TestBackend {
  name: string;
  /** Where kernels run. On a device, values out of range cannot be reported, so they are clamped. */
  place: 'host' | 'device';
}

// Keeps tfjs's greeting and advice out of the report.
tf.env().set('IS_TEST', true);
registerCpuKernels();
registerGradients();

/** 'cpu' everywhere; Node adds what it has, before specs are loaded (node_backends.ts). */
export const testBackends: TestBackend[] = [{ name: 'cpu', place: 'host' }];

/**
 * Describes `name` once a backend. Each spec runs in a scope of its own on that backend, which
 * disposes whatever the spec leaves behind.
 */
export function describeOnBackends(name: string, specs: (backend: TestBackend) => void): void {
  for (const backend of testBackends) {
    describe(`${name} on ${backend.name}`, () => {
      beforeEach(async () => {
        await tf.setBackend(backend.name);
        tf.engine().startScope();
      });
      afterEach(() => tf.engine().endScope());
      specs(backend);
    });
  }
}

/** One line in the report for specs that could not run here, and why. */
export function describePending(what: string, reason: string): void {
  describe(what, () => {
    it('runs the op specs', () => pending(reason));
  });
}
