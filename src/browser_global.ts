/** The build for script tags: adds `qutlass` to the global `tf` that tfjs's own script made. */
import { qutlass } from './browser';

Object.assign((globalThis as unknown as { tf: object }).tf, { qutlass });
