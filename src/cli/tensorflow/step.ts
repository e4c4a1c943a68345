/** The step that makes a tfjs-node package work: libtensorflow and the binding to it. */
import { probe } from '../probe/probe';
import { megabytes } from '../steps/progress';
import type { Step, StepContext } from '../steps/run_steps';
import { StepError } from '../steps/step_error';
import { type Prepared, readPrepared, recordPrepared } from './prepared';
import { type Source, type SourceName, sourcesFor } from './sources';
import { clearStage, commitStage, withStage } from './stage';
import type { TfjsNodePackage } from './tfjs_node_package';

export interface TensorflowStepOptions {
  /** Use this source only. */
  from?: SourceName;
  /** Do it anew, even if it works. */
  force?: boolean;
}

/** The version of TensorFlow that the package runs on. Throws a StepError where it does not. */
async function tryOut(packageFolder: string): Promise<string> {
  const report = await probe(['tensorflow'], { tfjsFolder: packageFolder });
  const finding = report.finding('tensorflow');
  if ('error' in finding) {
    throw new StepError('tfjs-node does not run', {
      output: [finding.error.message, ...report.log.trim().split('\n').slice(-8)].join('\n'),
    });
  }
  return finding.value.version;
}

async function prepareFrom(
  source: Source,
  { folder }: TfjsNodePackage,
  stage: string,
  context: StepContext,
): Promise<Prepared> {
  await source.provide(stage, context);
  context.progress.phase('try it out');
  const tensorflowVersion = await tryOut(stage);
  const prepared = { tensorflowVersion, build: source.build, source: source.title };
  recordPrepared(stage, prepared);
  commitStage(stage, folder);
  return prepared;
}

/** Of what a failed command printed, the lines that tell why; the log has the rest. */
function reasons({ details }: StepError): string[] {
  const lines = details.output?.split('\n') ?? [];
  const errors = lines.filter((line) => /error/i.test(line));
  return (errors.length > 0 ? errors : lines).slice(-3);
}

/** Tries the sources in turn; rejects with what became of each. */
async function prepare(
  sources: readonly Source[],
  tfjsNode: TfjsNodePackage,
  context: StepContext,
): Promise<Prepared> {
  const failures: string[] = [];
  return withStage(tfjsNode.folder, async (stage) => {
    for (const source of sources) {
      try {
        return await prepareFrom(source, tfjsNode, stage, context);
      } catch (error) {
        if (!(error instanceof StepError)) throw error;
        if (sources.length === 1) throw error;
        failures.push(`${source.title}: ${error.message}`, ...reasons(error));
        clearStage(stage);
      }
    }
    throw new StepError(`no source has a libtensorflow that works for ${tfjsNode.name}`, {
      output: failures.join('\n'),
      logFile: context.logFile,
      remedy: 'check the network, then npx tfjs-qutlass setup',
    });
  });
}

/** Whoever set the package up: if it works, it is used as it is. */
async function adoptWorking({ folder }: TfjsNodePackage): Promise<boolean> {
  try {
    const tensorflowVersion = await tryOut(folder);
    recordPrepared(folder, { tensorflowVersion, source: 'found in place' });
    return true;
  } catch {
    return false;
  }
}

function label(source: Source | undefined): string {
  const version = source?.version === undefined ? '' : ` ${source.version}`;
  const size = source?.bytes === undefined ? '' : ` (${megabytes(source.bytes)} MB)`;
  return `libtensorflow${version}${size}`;
}

/** Throws a StepError where there is no source to try. */
export function tensorflowStep(
  tfjsNode: TfjsNodePackage,
  { from, force = false }: TensorflowStepOptions = {},
): Step {
  const sources = sourcesFor(tfjsNode, from);
  return {
    id: 'libtensorflow',
    label: () => label(sources[0]),
    needs: () => sources[0]?.needs ?? [],
    isDone: () => !force && readPrepared(tfjsNode.folder) !== undefined,
    async run(context) {
      context.progress.phase('look at what is there');
      if (!force && (await adoptWorking(tfjsNode))) return 'works as it is';
      const { source } = await prepare(sources, tfjsNode, context);
      return `from ${source}`;
    },
  };
}
