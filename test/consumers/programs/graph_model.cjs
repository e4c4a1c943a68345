/** Loads the quantized graph model at a path with the tfjs of the program. */
const tf = require('@tensorflow/tfjs-node');
require('tfjs-qutlass');
const { print } = require('./product.cjs');

tf.loadGraphModel(`file://${process.argv[2]}`).then((model) => {
  const y = model.predict(tf.ones([2, 6, 6, 3]));
  print({ shape: y.shape, isModel: model instanceof tf.GraphModel });
});
