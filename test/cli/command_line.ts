/** Runs the command line as users do, in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';

const repository = dirname(dirname(__dirname));
const program = join(repository, 'src', 'cli', 'index.ts');

export interface Outcome {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  process: ChildProcess;
  outcome: Promise<Outcome>;
}

export function start(args: string[], env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
    cwd: repository,
    env: { ...process.env, ...env },
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (data: string) => (text.stdout += data));
  child.stderr.setEncoding('utf8').on('data', (data: string) => (text.stderr += data));
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal, ...text }));
  });
  return { process: child, outcome };
}

export function run(args: string[], env?: NodeJS.ProcessEnv): Promise<Outcome> {
  return start(args, env).outcome;
}
