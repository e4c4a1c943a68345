// Test runners and reloaders empty the registry of modules: the package is then loaded anew.
const tf = require('@tensorflow/tfjs-node');
const first = require('tfjs-qutlass');
const { print, product } = require('./product.cjs');

for (const file of Object.keys(require.cache)) {
  if (/tfjs-qutlass/.test(file)) delete require.cache[file];
}
const second = require('tfjs-qutlass');

print({ ...product(tf), latest: tf.qutlass === second.qutlass && second !== first });
