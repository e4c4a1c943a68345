/**
 * The demo: trains a character model on real text, quantizes it, and compares float32, int8 and
 * int4: quality, size, speed, and what each writes. See `options.ts` for the command line.
 */
import './environment';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cleanup } from './cleanup';
import { batchAt, heldOutPositions, loadCorpus } from './corpus';
import { measure } from './measure';
import { makeModel } from './model';
import { describeRun } from './notes';
import { parseOptions, usage, type DemoOptions } from './options';
import { Progress } from './progress';
import { preparePage, renderPage } from './report/page';
import { checkExpectations } from './report/results';
import { formatTable } from './report/table';
import { train } from './train';
import { makeVariants } from './variants';

async function run(options: DemoOptions, cleanup: Cleanup): Promise<void> {
  const corpus = loadCorpus(options.text);
  const writePage = preparePage(options.out, cleanup);
  const model = makeModel(corpus.characters.length, options.width, options.seed);
  const parameters = model.countParams();
  process.stderr.write(
    `${corpus.name}: ${corpus.ids.length} characters; a model of ${parameters} parameters\n`,
  );
  const training = await train(model, corpus, options, new Progress('training'));

  const folder = mkdtempSync(join(tmpdir(), 'tfjs-qutlass-demo-'));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  const sample = batchAt(corpus, heldOutPositions(corpus, 8)).contexts;
  const variants = await makeVariants(model, sample, folder);

  const positions = heldOutPositions(corpus, options.evaluated);
  const measurements = await measure(variants, corpus, positions, options);
  const results = {
    measurements,
    expectations: checkExpectations(measurements),
    notes: describeRun(corpus, training, parameters, positions.length),
  };
  process.stdout.write(formatTable(results));
  const page = writePage(renderPage(results));
  process.stdout.write(`\nThe page with the pictures: ${page}\n`);
}

async function main(): Promise<void> {
  const cleanup = new Cleanup();
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options === null) process.stdout.write(usage);
    else await run(options, cleanup);
  } catch (error) {
    process.stderr.write(`\n${(error as Error).message}\n`);
    process.exitCode = 1;
  } finally {
    cleanup.run();
  }
}

void main();
