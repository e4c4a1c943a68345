/** The package itself, for the commands that work on models; the others run where it does not. */
import { StepError } from '../steps/step_error';
import { installCommand } from '../tensorflow/tfjs_node_package';

/** TensorFlow.js as the project has it, with `qutlass`. */
export type Package = typeof import('../../index');

/**
 * On stderr, TensorFlow tells of every start, and Node of what tfjs's dependencies use of it.
 * TensorFlow's warnings stay, and whoever asks for more gets it.
 */
function quietOthers(): void {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '1';
  (process as { noDeprecation?: boolean }).noDeprecation ??= true;
}

/**
 * Loads it. Throws a StepError or a QutlassLoadError.
 *
 * @param need What the command needs of tfjs-node, for people.
 */
export function loadPackage(need = 'models are read and written by tfjs-node'): Package {
  quietOthers();
  const tf = require('../../index') as Package;
  if (tf.node === undefined) {
    throw new StepError(`${need}, which is not installed`, { remedy: installCommand(false) });
  }
  return tf;
}
