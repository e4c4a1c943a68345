/** int8 weights are kept in the order of the kernels that multiply them, and nobody can tell. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';

import type { TensorflowBackend } from '../../src/kernels/tensorflow/backend';
import { multiplyInt8Weights } from '../../src/kernels/tensorflow/prepacking';
import { testBackends } from '../support/backends';

/** A backend whose handles are texts: 'w', 'prepacked w', 'w' again. */
class NamingBackend {
  readonly records = new Map<object, { id: string }>();
  readonly deleted: string[] = [];

  constructor(
    readonly isUsingGpuDevice = false,
    private readonly prepacks = true,
  ) {}

  get tensorMap() {
    return { get: (dataId: object) => this.records.get(dataId)! };
  }

  make(id: string, size = 1): Tensor {
    const dataId = {};
    this.records.set(dataId, { id });
    const dispose = () => this.deleted.push(this.records.get(dataId)!.id);
    return { dataId, shape: [2, 3], dtype: 'int32', size, dispose } as unknown as Tensor;
  }

  executeSingleOutput(name: string, _attributes: unknown, [input]: TensorInfo[]): Tensor {
    const { id } = this.records.get(input.dataId)!;
    if (name === 'QutlassUnprepackInt8') return this.make(id.replace('prepacked ', ''));
    expect(name).toBe('QutlassPrepackInt8');
    return this.make(`prepacked ${id}`, this.prepacks ? 1 : 0);
  }

  /** What `count` products find for `w`. */
  products(w: TensorInfo, count: number): string[] {
    return Array.from({ length: count }, () =>
      multiplyInt8Weights(this as unknown as TensorflowBackend, w, (isPrepacked) => {
        const found = this.records.get(w.dataId)!.id;
        expect(isPrepacked).toBe(found.startsWith('prepacked'));
        return found;
      }),
    );
  }
}

const repeated = (count: number, text: string) => Array<string>(count).fill(text);

describe('multiplyInt8Weights', () => {
  it('prepacks weights after some products, and lets the original go', () => {
    const backend = new NamingBackend();
    const w = backend.make('w');
    expect(backend.products(w, 7)).toEqual([...repeated(4, 'w'), ...repeated(3, 'prepacked w')]);
    expect(backend.deleted).toEqual(['w']);
  });

  it('gives all others the weights as they were, and lets the prepacked ones go', () => {
    const backend = new NamingBackend();
    const w = backend.make('w');
    backend.products(w, 5);
    expect(backend.records.get(w.dataId)!.id).toBe('w');
    expect(backend.deleted).toEqual(['w', 'prepacked w']);
    expect(backend.records.get(w.dataId)!.id).toBe('w');
    expect(backend.deleted).toEqual(['w', 'prepacked w']);
  });

  it('waits for twice as many products each time that others want the weights', () => {
    const backend = new NamingBackend();
    const w = backend.make('w');
    for (const products of [4, 8, 16]) {
      expect(backend.products(w, products + 1)).toEqual([
        ...repeated(products, 'w'),
        'prepacked w',
      ]);
      expect(backend.records.get(w.dataId)!.id).toBe('w');
    }
  });

  it('gives a view of another shape the weights as they were', () => {
    const backend = new NamingBackend();
    const w = backend.make('w');
    backend.products(w, 5);
    expect(backend.products({ ...w, shape: [3, 2] }, 1)).toEqual(['w']);
  });

  it('gives them back where a product fails', () => {
    const backend = new NamingBackend();
    const w = backend.make('w');
    backend.products(w, 5);
    const fail = () => {
      throw new Error('no memory');
    };
    expect(() =>
      multiplyInt8Weights(backend as unknown as TensorflowBackend, w, fail),
    ).toThrowError('no memory');
    expect(backend.records.get(w.dataId)!.id).toBe('w');
  });

  it('tries once where the processor multiplies weights best as they are', () => {
    const backend = new NamingBackend(false, false);
    const w = backend.make('w');
    expect(backend.products(w, 20)).toEqual(repeated(20, 'w'));
    expect(backend.products(backend.make('v'), 20)).toEqual(repeated(20, 'v'));
    expect(backend.deleted).toEqual(['prepacked w']);
  });

  it('does nothing on a GPU', () => {
    const backend = new NamingBackend(true);
    expect(backend.products(backend.make('w'), 20)).toEqual(repeated(20, 'w'));
  });
});

const PROGRAM = join(__dirname, 'programs', 'prepacked_weights.ts');

/** What the program prints on an instruction set; undefined where the processor lacks it. */
async function outcomeOn(isa: string): Promise<unknown> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', PROGRAM], {
      env: { ...process.env, QUTLASS_CPU_ISA: isa },
    });
    return JSON.parse(stdout.trim().split('\n').pop()!);
  } catch (error) {
    if (/QUTLASS_CPU_ISA is '.*', but this processor has/.test(String(error))) return undefined;
    throw error;
  }
}

if (testBackends.some(({ name, place }) => name === 'tensorflow' && place === 'host')) {
  describe('linearInt8 on tfjs-node', () => {
    for (const [isa, prepacked] of [
      ['scalar', false],
      ['avx2', true],
      ['avx512vnni', true],
      ['amx', true],
      ['', jasmine.any(Boolean)],
    ] as const) {
      it(`has the same bits and leaves nothing behind, QUTLASS_CPU_ISA=${isa}`, async () => {
        const outcome = await outcomeOn(isa);
        if (outcome === undefined) return pending(`this processor lacks ${isa}`);
        expect(outcome).toEqual({
          prepacked,
          sameResults: true,
          sameWeights: true,
          sameGradient: true,
          tensorsMore: 0,
          handlesMore: 0,
          tensorsLeft: 0,
          handlesLeft: 0,
        });
      }, 60_000);
    }
  });
}
