// tfjs-node-gpu is the only tfjs for Node.
import tf from '@tensorflow/tfjs-node-gpu';
import * as namespace from 'tfjs-qutlass';
import { print, product } from './product.cjs';

print({ ...product(tf), same: namespace.qutlass === tf.qutlass && namespace.node === tf.node });
