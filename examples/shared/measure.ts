import type { Corpus } from './corpus';
import { bitsPerCharacter } from './evaluate';
import { choosePrompt, generate } from './generate';
import type { DemoOptions } from './options';
import { Progress } from './progress';
import { THROUGHPUT_BATCH, type Measurement } from './report/results';
import { medianMilliseconds } from './speed';
import type { Variant } from './variants';

/** Speed first, all variants in turns, then each one's quality on the characters at `positions`. */
export async function measure(
  variants: Variant[],
  corpus: Corpus,
  positions: Int32Array,
  { timedCalls, sampled, seed }: DemoOptions,
): Promise<Measurement[]> {
  const progress = new Progress('measuring');
  const phases = 2 + 2 * variants.length;
  let phase = 0;
  const begin = (status: string) => progress.update(phase++ / phases, status);

  const models = variants.map(({ model }) => model);
  begin('speed, batch 1');
  const single = await medianMilliseconds(models, corpus, 1, timedCalls);
  begin(`speed, batch ${THROUGHPUT_BATCH}`);
  const batched = await medianMilliseconds(models, corpus, THROUGHPUT_BATCH, timedCalls);

  const prompt = choosePrompt(corpus);
  const measurements: Measurement[] = [];
  for (const [index, { name, model, bytesInMemory, bytesOnDisk }] of variants.entries()) {
    begin(`${name}, held-out text`);
    const bits = await bitsPerCharacter(model, corpus, positions);
    begin(`${name}, writing`);
    const sample = await generate(model, corpus, prompt, sampled, seed);
    const milliseconds = single[index];
    const tokensPerSecond = (1000 * THROUGHPUT_BATCH) / batched[index];
    measurements.push({
      ...{ name, bits, bytesInMemory, bytesOnDisk },
      ...{ milliseconds, tokensPerSecond, sample },
    });
  }
  progress.end('done');
  return measurements;
}
