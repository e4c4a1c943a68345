/** The benchmark: layer by layer, from small batches to large ones, whatever fits. */
import type { Package } from '../models/load_package';
import { megabytes } from '../steps/progress';
import { MeasuredLayer, type Conditions } from './measured_layer';
import { availableMemory, cellBytes, layerBytes } from './memory';
import { whyUnfit } from './providers';
import type { Provider } from './providers/provider';
import type { Measurement } from './results';
import type { Shape } from './shapes';

export interface Plan extends Conditions {
  shapes: readonly Shape[];
  /** Ascending. */
  batchSizes: readonly number[];
  providers: readonly Provider[];
  /** A provider whose call takes longer sits out the larger batches of the layer. */
  longestCallMs: number;
  onGpu: boolean;
}

/** Who is told of what happens. */
export interface Audience {
  layerStarts(shape: Shape): void;
  cellStarts(m: number): void;
  measured(measurements: Measurement[]): void;
  /** What is left out, and why. */
  leftOut(what: string): void;
  /** A result of ours that is wrong. */
  mistake(what: string): void;
  layerEnds(): void;
}

/** As TensorFlow, JavaScript and C++ say it. */
const OUT_OF_MEMORY = /\bOOM\b|out of memory|allocation failed|failed to allocate|bad_alloc/i;

function percent(error: number): string {
  return `${(100 * error).toPrecision(2)} %`;
}

/** One layer; what has to be left out of it grows with M. */
class LayerRun {
  private providers: Provider[];

  constructor(
    private readonly tf: Package,
    private readonly plan: Plan,
    private readonly shape: Shape,
    private readonly audience: Audience,
  ) {
    const circumstances = { k: shape.k, threads: plan.threads, cold: plan.coldBytes > 0 };
    this.providers = plan.providers.filter((provider) => {
      const reason = whyUnfit(provider, circumstances);
      if (reason !== undefined) audience.leftOut(`${provider.name}: ${reason}`);
      return reason === undefined;
    });
  }

  async run(): Promise<void> {
    if (!this.fits(layerBytes(this.shape, this.providers), 'the layer')) return;
    const layer = await this.unlessOutOfMemory('the layer', () =>
      Promise.resolve(new MeasuredLayer(this.tf, this.shape, this.plan)),
    );
    if (layer === undefined) return;
    try {
      for (const m of this.plan.batchSizes) {
        if (this.providers.length === 0 || !(await this.measureCell(layer, m))) return;
      }
    } finally {
      await layer.dispose();
    }
  }

  /** Undefined where the memory did not suffice after all. */
  private async unlessOutOfMemory<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!OUT_OF_MEMORY.test((error as Error).message)) throw error;
      this.audience.leftOut(`${what}: there is not enough memory`);
      return undefined;
    }
  }

  /** Says so where it does not. */
  private fits(bytes: number, what: string): boolean {
    const available = availableMemory(this.tf, this.plan.onGpu);
    if (bytes <= available) return true;
    const [needed, free] = [bytes, available].map((count) => megabytes(Math.max(0, count)));
    this.audience.leftOut(`${what}: ${needed} MB of memory are needed, ${free} MB are free`);
    return false;
  }

  /** Whether larger batches are worth a try. */
  private async measureCell(layer: MeasuredLayer, m: number): Promise<boolean> {
    const what = `M=${m} and more`;
    if (!this.fits(cellBytes(this.shape, m, this.providers), what)) return false;
    this.audience.cellStarts(m);
    const cell = await this.unlessOutOfMemory(what, () => layer.measure(m, this.providers));
    if (cell === undefined) return false;
    this.audience.measured(cell.measurements);
    for (const { provider, error } of cell.wrong) this.tellWrong(provider, m, error);
    this.retire(cell.measurements, m);
    return true;
  }

  private tellWrong({ name, library }: Provider, m: number, error: number): void {
    const what = `${name} is wrong by ${percent(error)} at M=${m} and was not timed`;
    if (library === 'tfjs-qutlass') this.audience.mistake(what);
    else this.audience.leftOut(what);
  }

  /** Takes out the providers that got too slow. */
  private retire(measurements: Measurement[], m: number): void {
    if (m === this.plan.batchSizes.at(-1)) return;
    const limit = 1000 * this.plan.longestCallMs;
    const slow = measurements.filter(({ us }) => us.median > limit);
    for (const { provider, us } of slow) {
      const seconds = (us.median / 1e6).toFixed(1);
      this.audience.leftOut(`${provider} at M > ${m}: a call takes ${seconds} s (--longest-call)`);
    }
    this.providers = this.providers.filter(({ name }) =>
      slow.every(({ provider }) => provider !== name),
    );
  }
}

/** Measures all of a plan. Rejects with the signal's reason where that says so. */
export async function runBenchmark(tf: Package, plan: Plan, audience: Audience): Promise<void> {
  for (const shape of plan.shapes) {
    plan.signal.throwIfAborted();
    audience.layerStarts(shape);
    try {
      await new LayerRun(tf, plan, shape, audience).run();
    } finally {
      audience.layerEnds();
    }
  }
}
