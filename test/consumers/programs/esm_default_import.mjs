// An ES module: tfjs's default import is the object that tf.qutlass is added to.
import tf from '@tensorflow/tfjs-node';
import 'tfjs-qutlass';
import { print, product } from './product.cjs';

print(product(tf));
