import os from 'node:os';
import * as tf from '../../src/index';

/** Where something was measured, as sentences. */
export function describeMachine(): string[] {
  return [`Machine: ${machine()}.`, `Software: ${software()}.`];
}

function machine(): string {
  const cpus = os.cpus();
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return `${cpus.length} × ${cpus[0]?.model.trim() ?? 'unknown CPU'}, ${memory} GiB of memory`;
}

function software(): string {
  const { backend, kernels, reason } = tf.qutlass.info();
  const versions = `Node ${process.versions.node}, TensorFlow.js ${tf.version.tfjs}`;
  return `${versions}, backend ${backend}, qutlass kernels ${kernels} (${reason})`;
}
