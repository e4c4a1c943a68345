/** Small products by prepacked weights are made without TensorFlow, where that is the same. */
import type { TensorInfo } from '@tensorflow/tfjs-core';

import type {
  Attributes,
  NativeCall,
  TensorflowBackend,
} from '../../src/kernels/tensorflow/backend';
import { SmallProducts } from '../../src/kernels/tensorflow/small_products';

const K = 6;
const N = 4;

/** A backend of records, whose handles are never used. */
class RecordingBackend {
  readonly binding = { TF_ATTR_TYPE: 4, TF_INT32: 3, TF_FLOAT: 1 };
  readonly records = new Map<object, { id: number; values: Float32Array | null }>();
  readonly reads: object[] = [];
  tokens = 0;

  get tensorMap() {
    return { get: (dataId: object) => this.records.get(dataId)! };
  }

  /** Whose values are TensorFlow's, or wait. */
  make(shape: number[], dtype: 'float32' | 'int32' = 'float32', wait = false): TensorInfo {
    const dataId = {};
    const size = shape.reduce((product, dim) => product * dim, 1);
    this.records.set(dataId, { id: 1, values: wait ? new Float32Array(size).fill(2) : null });
    return { dataId, shape, dtype };
  }

  readSync(dataId: object): Float32Array {
    this.reads.push(dataId);
    return this.records.get(dataId)!.values ?? new Float32Array(K).fill(1);
  }

  write(values: Float32Array): object {
    const dataId = {};
    this.records.set(dataId, { id: -1, values });
    return dataId;
  }

  executeSingleOutput(name: string) {
    expect(name).toBe('QutlassHold');
    this.tokens += 1;
    const token = this.tokens;
    return { dataSync: () => [token], dispose: () => undefined };
  }
}

/** Says what it was made of. */
class FakeProduct {
  static made: FakeProduct[] = [];
  /** What copies fail with. */
  static failure: Error | null = null;
  readonly inputs: string[] = [];
  isDisposed = false;

  constructor(
    readonly op: string,
    readonly attributes: Record<string, unknown>,
  ) {
    FakeProduct.made.push(this);
  }
  hold(token: number): void {
    this.inputs.push(`held ${token}`);
  }
  copy(values: Float32Array, shape: number[]): void {
    if (FakeProduct.failure) throw FakeProduct.failure;
    this.inputs.push(`copy of ${values[0]}s, shape [${shape}]`);
  }
  multiply(x: Float32Array, m: number): Float32Array {
    return new Float32Array(m * N).fill(x[0]);
  }
  dispose(): void {
    this.isDisposed = true;
  }
}

describe('SmallProducts', () => {
  let backend: RecordingBackend;
  let w: TensorInfo;
  let scale: TensorInfo;
  let products: SmallProducts;

  beforeEach(() => {
    FakeProduct.made = [];
    FakeProduct.failure = null;
    backend = new RecordingBackend();
    w = backend.make([N, 2], 'int32');
    scale = backend.make([N], 'float32', true);
    products = new SmallProducts(backend as unknown as TensorflowBackend, FakeProduct, [w.dataId]);
  });

  const call = (
    x: TensorInfo,
    others = [w, scale],
    attributes: Attributes = { activation: 'linear' },
  ): NativeCall => ({
    name: 'QutlassLinearInt8Prepacked',
    inputs: [x, ...others],
    attributes,
  });

  const readsOf = (x: TensorInfo) => backend.reads.filter((dataId) => dataId === x.dataId).length;

  /** The second of two products of the same operands. */
  const repeated = (...args: Parameters<typeof call>) => {
    products.multiply(call(...args));
    return products.multiply(call(...args));
  };

  it('leaves the first product of operands to TensorFlow', () => {
    expect(products.multiply(call(backend.make([1, K])))).toBeUndefined();
    expect(FakeProduct.made.length).toBe(0);
  });

  it('makes the next, of what was prepacked and copies of the rest', () => {
    const y = repeated(backend.make([1, 2, K]), [w, scale], { activation: 'relu' })!;
    expect(y.shape).toEqual([1, 2, N]);
    expect(y.dtype).toBe('float32');
    expect(backend.records.get(y.dataId)!.values).toEqual(new Float32Array(2 * N).fill(1));
    const [{ op, attributes, inputs }] = FakeProduct.made;
    expect(op).toBe('QutlassLinearInt8Prepacked');
    expect(attributes).toEqual({ activation: 'relu' });
    expect(inputs).toEqual(['held 1', `copy of 2s, shape [${N}]`]);
  });

  it('prepares once for any rows', () => {
    repeated(backend.make([1, K]));
    expect(products.multiply(call(backend.make([3, K])))!.shape).toEqual([3, N]);
    expect(FakeProduct.made.length).toBe(1);
  });

  it('takes values that wait as they are, and reads others once', () => {
    const waiting = backend.make([1, K], 'float32', true);
    const y = repeated(waiting)!;
    expect(backend.records.get(y.dataId)!.values![0]).toBe(2);
    expect(readsOf(waiting)).toBe(0);

    const resident = backend.make([1, K]);
    products.multiply(call(resident));
    products.multiply(call(resident));
    expect(readsOf(resident)).toBe(1);
  });

  for (const [what, other] of [
    ['K', () => call(backend.make([1, K + 1]))],
    ['a scale', () => call(backend.make([1, K]), [w, backend.make([N])])],
    ['an attribute', () => call(backend.make([1, K]), [w, scale], { activation: 'relu' })],
    ['the op', () => ({ ...call(backend.make([1, K])), name: 'QutlassOther' })],
  ] as [string, () => NativeCall][]) {
    it(`starts again where ${what} is another`, () => {
      expect(repeated(backend.make([1, K]))).toBeDefined();
      expect(products.multiply(other())).toBeUndefined();
      expect(FakeProduct.made[0].isDisposed).toBeTrue();
    });
  }

  it('leaves many rows, long ones, and none to TensorFlow', () => {
    const tooMany = 4097;
    for (const shape of [
      [tooMany, 1],
      [1, tooMany],
      [0, K],
    ]) {
      expect(repeated(backend.make(shape))).toBeUndefined();
    }
    expect(FakeProduct.made.length).toBe(0);
  });

  it('leaves a rotation by a matrix to TensorFlow', () => {
    expect(repeated(backend.make([1, K]), [w, scale, backend.make([K, K])])).toBeUndefined();
  });

  it('leaves values of another kind to TensorFlow', () => {
    const x = backend.make([1, K]);
    backend.records.set(x.dataId, { id: -1, values: [1, 2, 3, 4, 5, 6] as never });
    expect(repeated(x)).toBeUndefined();
  });

  it('leaves nothing behind where it cannot prepare', () => {
    FakeProduct.failure = new Error('no memory');
    expect(() => repeated(backend.make([1, K]))).toThrowError('no memory');
    expect(FakeProduct.made[0].isDisposed).toBeTrue();
  });

  it('lets go of all inputs', () => {
    repeated(backend.make([1, K]));
    products.dispose();
    expect(FakeProduct.made[0].isDisposed).toBeTrue();
    expect(products.multiply(call(backend.make([1, K])))).toBeUndefined();
  });
});
