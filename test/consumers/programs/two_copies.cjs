// Two installed copies, one of them a dependency's, share one process and one TensorFlow.
const { createRequire } = require('node:module');
const { join } = require('node:path');

const mine = require('tfjs-qutlass');
const theirs = createRequire(join(__dirname, 'dependency', 'index.js'))('tfjs-qutlass');
const { print, product } = require('./product.cjs');

print({ mine: product(mine), theirs: product(theirs), copies: new Set([mine, theirs]).size });
