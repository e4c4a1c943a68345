// tfjs without tfjs-node: the TypeScript kernels on its 'cpu' backend.
const tf = require('@tensorflow/tfjs');
require('tfjs-qutlass');
const { print, product } = require('./product.cjs');

tf.enableProdMode(); // without it tfjs advises to install tfjs-node, on stderr
tf.setBackend('cpu');
print(product(tf));
