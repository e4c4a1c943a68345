// The order of the imports is the user's choice.
import 'tfjs-qutlass';
import tf from '@tensorflow/tfjs-node';
import { print, product } from './product.cjs';

print(product(tf));
