// tfjs-node is there and the addon is not: loading fails, and says how to mend it.
const { print } = require('./product.cjs');

try {
  require('tfjs-qutlass');
  print({ loaded: true });
} catch ({ name, code, message }) {
  print({ name, code, message });
}
