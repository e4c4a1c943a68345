/** int32 tensors go to the GPU once, whichever op sees them first. */
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { findBackend } from '@tensorflow/tfjs-core';

import * as tf from '../../src/index';
import type { TensorflowBackend } from '../../src/kernels/tensorflow/backend';
import { keepOnDevice } from '../../src/kernels/tensorflow/residency';
import { testBackends } from '../support/backends';

/** A backend that hands out handles and counts what it copies to its device. */
class CountingBackend {
  readonly handles = new Map<object, { id: number }>();
  copied: number[] = [];
  private nextId = 100;

  constructor(readonly isUsingGpuDevice: boolean) {}

  get tensorMap() {
    return { get: (dataId: object) => this.handles.get(dataId)! };
  }

  make(dtype: 'int32' | 'float32'): TensorInfo {
    const dataId = {};
    this.handles.set(dataId, { id: this.nextId++ });
    return { dataId, shape: [1], dtype };
  }

  idOf({ dataId }: TensorInfo): number {
    return this.handles.get(dataId)!.id;
  }

  executeSingleOutput(name: string, _attributes: unknown, [input]: TensorInfo[]): Tensor {
    expect(name).toBe('QutlassToDevice');
    this.copied.push(this.idOf(input));
    const copy = this.make('int32');
    return { ...copy, dispose: () => this.handles.delete(copy.dataId) } as unknown as Tensor;
  }
}

const asBackend = (backend: CountingBackend) => backend as unknown as TensorflowBackend;

describe('keepOnDevice', () => {
  it('swaps the handle of an int32 tensor for its copy once, and lets the original go', () => {
    const backend = new CountingBackend(true);
    const tensor = backend.make('int32');
    const original = backend.idOf(tensor);
    keepOnDevice(asBackend(backend), [tensor]);
    const moved = backend.idOf(tensor);
    keepOnDevice(asBackend(backend), [tensor, tensor]);
    expect(backend.copied).toEqual([original]);
    expect(moved).not.toBe(original);
    expect(backend.idOf(tensor)).toBe(moved);
    expect([...backend.handles.keys()]).toEqual([tensor.dataId]);
  });

  it('leaves float32 tensors alone, which TensorFlow keeps on the device itself', () => {
    const backend = new CountingBackend(true);
    keepOnDevice(asBackend(backend), [backend.make('float32')]);
    expect(backend.copied).toEqual([]);
  });

  it('does nothing without a GPU', () => {
    const backend = new CountingBackend(false);
    keepOnDevice(asBackend(backend), [backend.make('int32')]);
    expect(backend.copied).toEqual([]);
  });
});

if (testBackends.some(({ place }) => place === 'device')) {
  describe('weights that JavaScript made, on a GPU', () => {
    beforeAll(() => tf.setBackend('tensorflow'));

    it('stay there after the first call, with the same values and no tensor more', () => {
      const backend = findBackend('tensorflow') as TensorflowBackend;
      const words = Int32Array.from({ length: 64 }, (_, i) => i * 0x01010101);
      const w = tf.tensor2d(words, [16, 4], 'int32');
      const x = tf.ones([2, 16]);
      const before = tf.memory().numTensors;
      tf.qutlass.linearInt8(x, w, 1).dispose();
      const moved = backend.tensorMap.get(w.dataId).id;
      tf.qutlass.linearInt8(x, w, 1).dispose();
      expect(backend.tensorMap.get(w.dataId).id).toBe(moved);
      expect(tf.memory().numTensors).toBe(before);
      expect(w.dataSync()).toEqual(words);
      tf.dispose([w, x]);
    });
  });
}
