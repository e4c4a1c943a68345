// For a bundler: the script of a web page.
import * as tf from 'tfjs-qutlass';
import { product } from './product.cjs';

tf.setBackend('cpu');
globalThis.result = product(tf);
