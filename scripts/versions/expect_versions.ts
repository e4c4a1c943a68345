/** node --import tsx expect_versions.ts <Node's version> [<TensorFlow's>]: fails on any other. */
import { qutlass } from '../../src/index';

const [node, tensorflow] = process.argv.slice(2);

function expectVersion(what: string, found: string | undefined, expected: string): void {
  if (found === expected) return;
  console.error(`this is ${what} ${found}, expected ${expected}`);
  process.exitCode = 1;
}

expectVersion('Node', process.versions.node, node);
if (tensorflow !== undefined) {
  const { native } = qutlass.info();
  expectVersion('TensorFlow', native?.registration.tensorflowVersion, tensorflow);
}
