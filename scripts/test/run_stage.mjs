/** Runs the commands of a stage, one after the other, and counts what they checked. */
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import process from 'node:process';

import { root } from '../bootstrap/root.mjs';

/** Whatever hangs is ended, and has failed: long after what a busy machine takes. */
const TIMEOUT_MS = 60 * 60_000;

// TensorFlow is quiet: where it uses oneDNN, as it does by default on processors with VNNI, it says so
// at any log level.
const ENVIRONMENT = {
  ...process.env,
  NO_COLOR: '1',
  TF_CPP_MIN_LOG_LEVEL: process.env.TF_CPP_MIN_LOG_LEVEL ?? '2',
  TF_ENABLE_ONEDNN_OPTS: process.env.TF_ENABLE_ONEDNN_OPTS ?? '0',
};

const running = new Set();

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    for (const child of running) child.kill(signal);
    process.exit(signal === 'SIGINT' ? 130 : 143);
  });
}

/** Answers whether the command ended well, and all that it printed. */
function runCommand([command, ...args], env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...ENVIRONMENT, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
    });
    running.add(child);
    let output = '';
    const collect = (chunk) => (output += chunk);
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', collect);
    const end = (ok, note) => {
      running.delete(child);
      resolve({ ok, output: `${output}${note}` });
    };
    child.on('error', (error) => end(false, `${error.message}\n`));
    child.on('close', (code, signal) => {
      const reason = signal === null ? `exit code ${code}` : `ended by ${signal}`;
      end(code === 0, code === 0 ? '' : `\n$ ${[command, ...args].join(' ')}: ${reason}\n`);
    });
  });
}

/** A stage that failed without saying where, or that ran nothing, is a failure of its own. */
function withFailure(counts, ok) {
  const ranNothing = counts.passed + counts.failed === 0;
  const failed = Math.max(counts.failed, !ok || ranNothing ? 1 : 0);
  return { ...counts, failed };
}

/**
 * Runs a stage's commands up to the first that fails.
 *
 * @param {import('./stages.mjs').Stage} stage
 * @returns its counts, the seconds it took, all that was printed, and what the last command printed.
 */
export async function runStage({ commands, count, env }) {
  const start = performance.now();
  const outcome = { ok: true, output: '' };
  let lastOutput = '';
  for (const command of commands()) {
    const { ok, output } = await runCommand(command, env);
    outcome.output += output;
    lastOutput = output;
    outcome.ok = ok;
    if (!ok) break;
  }
  const counts = withFailure(count(outcome), outcome.ok);
  const seconds = (performance.now() - start) / 1000;
  return { counts, seconds, output: outcome.output, lastOutput };
}
