// An ES module that imports nothing else: the namespace is tfjs's, tfjs-node's where it is there.
import * as tf from 'tfjs-qutlass';
import { print, product } from './product.cjs';

print({ ...product(tf), fileSystem: typeof tf.io.fileSystem, node: typeof tf.node });
