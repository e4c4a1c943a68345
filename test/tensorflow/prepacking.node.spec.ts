/** Weights are kept in the order of the kernels that multiply them, and nobody can tell. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';

import type { TensorflowBackend } from '../../src/kernels/tensorflow/backend';
import { multiplyWeights, type PrepackedKind } from '../../src/kernels/tensorflow/prepacking';
import { testBackends } from '../support/backends';

/** A backend whose handles are texts: 'w', 'prepacked w', 'w' again. */
class NamingBackend {
  readonly records = new Map<object, { id: string }>();
  readonly originals = new Map<object, string>();
  readonly deleted: string[] = [];
  /** An op that fails. */
  failing = '';

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
    this.originals.set(dataId, id);
    const dispose = () => this.deleted.push(this.records.get(dataId)!.id);
    return { dataId, shape: [2, 3], dtype: 'int32', size, dispose } as unknown as Tensor;
  }

  /** Of a product, a tensor with the names of all that it found. */
  executeSingleOutput(name: string, _attributes: unknown, inputs: TensorInfo[]): Tensor {
    if (name.startsWith('Product')) return this.product(name === 'ProductPrepacked', inputs);
    const { id } = this.records.get(inputs[0].dataId)!;
    if (name === 'QutlassToDevice') return this.make(id);
    if (name === this.failing) throw new Error(`no memory for ${id}`);
    const [, op, kind] = /^Qutlass(Prepack|Unprepack)(.*)$/.exec(name)!;
    expect(kind).toBe(kindOf(id));
    if (op === 'Unprepack') return this.make(id.replace('prepacked ', ''));
    return this.make(`prepacked ${id}`, this.prepacks ? 1 : 0);
  }

  private product(isOfPrepacked: boolean, weights: TensorInfo[]): Tensor {
    const found = weights.map((tensor) => this.id(tensor)).join(', ');
    if (this.failing === 'Product') throw new Error('no memory');
    expect(isOfPrepacked).toBe(found.startsWith('prepacked'));
    return this.make(found);
  }

  /** What `count` products find for weights. */
  products(weights: TensorInfo[], count: number): string[] {
    const prepackable = weights.map((tensor) => ({
      tensor,
      kind: kindOf(this.originals.get(tensor.dataId)!),
    }));
    return Array.from({ length: count }, () =>
      this.id(
        multiplyWeights(this as unknown as TensorflowBackend, prepackable, (arePrepacked) => ({
          name: arePrepacked ? 'ProductPrepacked' : 'Product',
          inputs: weights,
          attributes: {},
        })),
      ),
    );
  }

  id({ dataId }: TensorInfo): string {
    return this.records.get(dataId)!.id;
  }
}

function kindOf(id: string): PrepackedKind {
  if (id.endsWith('scales')) return 'Int4Scales';
  return id.endsWith('zeros') ? 'Int4' : 'Int8';
}

const repeated = (count: number, text: string) => Array<string>(count).fill(text);

describe('multiplyWeights', () => {
  it('prepacks weights after some products, and lets the original go', () => {
    const backend = new NamingBackend();
    const w = backend.make('w');
    expect(backend.products([w], 7)).toEqual([...repeated(4, 'w'), ...repeated(3, 'prepacked w')]);
    expect(backend.deleted).toEqual(['w']);
  });

  it('gives all others the weights as they were, and lets the prepacked ones go', () => {
    const backend = new NamingBackend();
    const w = backend.make('w');
    backend.products([w], 5);
    expect(backend.id(w)).toBe('w');
    expect(backend.deleted).toEqual(['w', 'prepacked w']);
    expect(backend.id(w)).toBe('w');
    expect(backend.deleted).toEqual(['w', 'prepacked w']);
  });

  it('waits for twice as many products each time that others want the weights', () => {
    const backend = new NamingBackend();
    const w = backend.make('w');
    for (const products of [4, 8, 16]) {
      expect(backend.products([w], products + 1)).toEqual([
        ...repeated(products, 'w'),
        'prepacked w',
      ]);
      expect(backend.id(w)).toBe('w');
    }
  });

  it('gives a view of another shape the weights as they were', () => {
    const backend = new NamingBackend();
    const w = backend.make('w');
    backend.products([w], 5);
    expect(backend.products([{ ...w, shape: [3, 2] }], 1)).toEqual(['w']);
  });

  it('gives them back where a product fails', () => {
    const backend = new NamingBackend();
    const w = backend.make('w');
    backend.products([w], 5);
    backend.failing = 'Product';
    expect(() => backend.products([w], 1)).toThrowError('no memory');
    expect(backend.id(w)).toBe('w');
  });

  it('tries once where the processor multiplies weights best as they are', () => {
    const backend = new NamingBackend(false, false);
    const w = backend.make('w');
    expect(backend.products([w], 20)).toEqual(repeated(20, 'w'));
    expect(backend.products([backend.make('v')], 20)).toEqual(repeated(20, 'v'));
    expect(backend.deleted).toEqual(['prepacked w']);
  });

  it('does nothing on a GPU', () => {
    const backend = new NamingBackend(true);
    expect(backend.products([backend.make('w')], 20)).toEqual(repeated(20, 'w'));
  });

  describe('of several tensors', () => {
    const made = (backend: NamingBackend) => [
      backend.make('w'),
      backend.make('scales'),
      backend.make('zeros'),
    ];

    it('prepacks all of them, and gives all of them back', () => {
      const backend = new NamingBackend();
      const weights = made(backend);
      expect(backend.products(weights, 5).pop()).toBe(
        'prepacked w, prepacked scales, prepacked zeros',
      );
      expect(backend.deleted).toEqual(['w', 'scales', 'zeros']);
      expect(backend.id(weights[1])).toBe('scales');
      expect(weights.map((tensor) => backend.id(tensor))).toEqual(['w', 'scales', 'zeros']);
      expect(backend.deleted.slice(3)).toEqual([
        'prepacked w',
        'prepacked scales',
        'prepacked zeros',
      ]);
    });

    it('gives products with other scales the weights as they were', () => {
      const backend = new NamingBackend();
      const [w, scales, zeros] = made(backend);
      backend.products([w, scales, zeros], 5);
      const others = backend.make('other scales');
      expect(backend.products([w, others, zeros], 1)).toEqual(['w, other scales, zeros']);
      expect(backend.products([w, scales], 1)).toEqual(['w, scales']);
    });

    it('lets weights share scales', () => {
      const backend = new NamingBackend();
      const [w, scales, zeros] = made(backend);
      const v = backend.make('v');
      for (const first of [w, v, w, v]) {
        const found = backend.products([first, scales, zeros], 40).pop();
        expect(found).toBe(
          `prepacked ${backend.originals.get(first.dataId)}, prepacked scales, prepacked zeros`,
        );
      }
    });

    it('leaves nothing behind where they cannot all be prepacked', () => {
      const backend = new NamingBackend();
      const weights = made(backend);
      backend.products(weights, 4);
      backend.failing = 'QutlassPrepackInt4Scales';
      expect(() => backend.products(weights, 1)).toThrowError('no memory for scales');
      expect(backend.deleted).toEqual(['prepacked w']);
      expect(weights.map((tensor) => backend.id(tensor))).toEqual(['w', 'scales', 'zeros']);
    });
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
  describe('products on tfjs-node', () => {
    for (const [isa, prepacked] of [
      ['scalar', false],
      ['avx2', true],
      ['avx512vnni', true],
      ['amx', true],
      ['', jasmine.any(Boolean)],
    ] as const) {
      it(`have the same bits and leave nothing behind, QUTLASS_CPU_ISA=${isa}`, async () => {
        const outcome = await outcomeOn(isa);
        if (outcome === undefined) return pending(`this processor lacks ${isa}`);
        const expected = {
          prepacked,
          direct: prepacked,
          sameResults: true,
          sameWeights: true,
          sameGradient: true,
          tensorsMore: 0,
          handlesMore: 0,
          tensorsLeft: 0,
          handlesLeft: 0,
          preparedLeft: 0,
        };
        expect(outcome).toEqual({
          linearInt8: expected,
          matmulInt4Bf16: expected,
          'matmulInt4Bf16 with zeros': expected,
          linearInt8Int4: expected,
        });
      });
    }
  });
}
