/**
 * The tfjs that the program runs, loaded. Import this before '@tensorflow/tfjs': the plain package,
 * once in memory, would pass for the program's choice.
 */
import { restoreRemovedUtil } from './node_compat';
import { type Tfjs, userTfjs } from './tfjs';

restoreRemovedUtil();

export const programTfjs: Tfjs = userTfjs().exports;
