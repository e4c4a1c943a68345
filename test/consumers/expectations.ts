import type { Project } from './project';

/** On the machine's native kernels, whichever these are. */
export const NATIVE_PRODUCT = {
  y: [[-255]],
  kernels: jasmine.stringMatching(/^(native-cpu|cuda)$/),
};

/** The JSON that a program prints, which must end well and keep stderr empty. */
export function outputOf(project: Project, ...args: string[]): unknown {
  const { status, stdout, stderr } = project.run(...args);
  expect(stderr)
    .withContext(`stderr of ${args.join(' ')}`)
    .toBe('');
  expect(status)
    .withContext(`exit status of ${args.join(' ')}`)
    .toBe(0);
  return stdout === '' ? undefined : JSON.parse(stdout);
}
