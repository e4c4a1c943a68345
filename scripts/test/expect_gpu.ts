/** Ends well only where the tensorflow backend runs our CUDA kernels. */
import { qutlass } from '../../src/index';

const { kernels, reason } = qutlass.info();
if (kernels !== 'cuda') {
  console.error(`no specs were run on a GPU: ${reason}`);
  process.exitCode = 1;
}
