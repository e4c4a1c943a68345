// What an ES module sees of tfjs through 'tfjs-qutlass', against tfjs's own names.
import tf from '@tensorflow/tfjs';
import * as namespace from 'tfjs-qutlass';
import { print } from './product.cjs';

const missing = [...Object.keys(tf), 'qutlass'].filter((name) => !(name in namespace));
print({ names: Object.keys(tf).length, missing });
