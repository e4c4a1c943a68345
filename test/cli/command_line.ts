/**
 * Runs the command line as users do: compiled, in a process of its own. `npm test` compiles it; who
 * runs a spec alone after a change of src/cli does so first, by `npm run build`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';

const repository = dirname(dirname(__dirname));
const program = join(repository, 'dist', 'cli', 'index.js');

/**
 * TensorFlow's warnings, which a GPU brings along, and what it says of oneDNN on some processors,
 * whatever its level of logging. What else it only tells is ours to keep away.
 */
const TENSORFLOW_LOG =
  /^(WARNING: All log messages before absl|[WE]\d{4} |I\d{4} .* oneDNN custom operations).*\n/gm;

export interface Outcome {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  /** Without TensorFlow's log. */
  stderr: string;
}

export interface Running {
  process: ChildProcess;
  outcome: Promise<Outcome>;
}

export function start(args: string[], env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: repository,
    env: { ...process.env, ...env },
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (data: string) => (text.stdout += data));
  child.stderr.setEncoding('utf8').on('data', (data: string) => (text.stderr += data));
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => {
      resolve({ status, signal, ...text, stderr: text.stderr.replace(TENSORFLOW_LOG, '') });
    });
  });
  return { process: child, outcome };
}

export function run(args: string[], env?: NodeJS.ProcessEnv): Promise<Outcome> {
  return start(args, env).outcome;
}
