/** What every program computes: 1·127 − 2·64 − 127·2, exactly. */
exports.product = (tf) => {
  const { values, scale } = tf.qutlass.quantizeWeightInt8(tf.tensor2d([[1], [2], [-127]]));
  const y = tf.qutlass.linearInt8(tf.tensor2d([[127, -64, 2]]), values, scale);
  return { y: y.arraySync(), kernels: tf.qutlass.info().kernels };
};

exports.print = (result) => console.log(JSON.stringify(result));
