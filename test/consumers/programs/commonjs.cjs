// CommonJS, beside tfjs-node.
const tf = require('@tensorflow/tfjs-node');
require('tfjs-qutlass');
const { print, product } = require('./product.cjs');

print(product(tf));
