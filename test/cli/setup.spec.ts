import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';

import { isRunning } from '../../src/cli/steps/lock';
import { runSteps } from '../../src/cli/steps/run_steps';
import { StepError } from '../../src/cli/steps/step_error';
import { readPrepared } from '../../src/cli/tensorflow/prepared';
import { tensorflowStep } from '../../src/cli/tensorflow/step';
import { requireTfjsNode } from '../../src/cli/tensorflow/tfjs_node_package';
import { run, start } from './command_line';
import { FakeProject } from './fake_project';
import { temporaryFolder, write } from '../support/temporary_folder';

const UNTOUCHED = ['dist', 'package.json', 'scripts'];
const PREPARED = ['deps', 'dist', 'lib', 'package.json', 'scripts'];

describe('setup', () => {
  const folder = temporaryFolder();
  let project: FakeProject;
  beforeEach(() => {
    project = new FakeProject(folder());
  });

  /** Runs the step with tfjs-node's own installer; answers what it shows. */
  async function setup(): Promise<string> {
    let shown = '';
    const stream = new PassThrough().on('data', (data: Buffer) => (shown += data.toString()));
    const step = tensorflowStep(requireTfjsNode(folder(), false), { from: 'tfjs' });
    await runSteps([step], {
      workFolder: join(folder(), 'work'),
      stream: stream as unknown as NodeJS.WriteStream,
    });
    return shown;
  }

  it('gives a package its libraries, tries them out, and is then done', async () => {
    expect(await setup()).toMatch(
      /^\[1\/1\] libtensorflow … .* s \(from tfjs-node's own installer\)\n$/,
    );
    expect(project.contents()).toEqual(PREPARED);
    expect(project.neighbours()).toEqual([]);
    expect(readPrepared(project.tfjsNode)).toEqual({
      tensorflowVersion: '2.9.1',
      source: "tfjs-node's own installer",
    });

    const binding = join(project.tfjsNode, 'lib', 'napi-v8', 'tfjs_binding.node');
    const { ino } = statSync(binding);
    expect(await setup()).toBe('');
    expect(statSync(binding).ino).toBe(ino);

    rmSync(binding);
    expect(readPrepared(project.tfjsNode)).toBeUndefined();
    expect(await setup()).toContain("(from tfjs-node's own installer)");
    expect(readPrepared(project.tfjsNode)).toBeDefined();
  });

  it('uses what works already, whoever made it', async () => {
    write(join(project.tfjsNode, 'deps', 'lib', 'libtensorflow.so.2'), 'library');
    write(join(project.tfjsNode, 'lib', 'napi-v8', 'tfjs_binding.node'), 'binding');
    expect(await setup()).toContain('(works as it is)');
  });

  it('leaves the package as it was where the result does not run', async () => {
    const old = write(join(project.tfjsNode, 'deps', 'lib', 'libtensorflow.so.2'), 'old');
    process.env.FAKE_BINDING = 'not a binding';
    const error = await setup().then(
      () => fail('it did not fail'),
      (reason: StepError) => reason,
    );
    delete process.env.FAKE_BINDING;
    expect((error as StepError).describe()).toMatch(/tfjs-node does not run\n {2}\| broken/);
    expect(project.contents()).toEqual(['deps', ...UNTOUCHED]);
    expect(readFileSync(old, 'utf8')).toBe('old');
    expect(project.neighbours()).toEqual([]);
  });

  it('leaves nothing half-made when it is interrupted', async () => {
    const { process: child, outcome } = start(
      ['setup', '--project', folder(), '--from', 'pypi'],
      project.hangingPip(),
    );
    const pip = await project.pipPid();
    expect(project.neighbours().length).toBe(1);
    child.kill('SIGINT');
    const { status, stderr } = await outcome;
    expect(status).toBe(130);
    expect(stderr).toMatch(/ … interrupted\n$/);
    expect(project.contents()).toEqual(UNTOUCHED);
    expect(project.neighbours()).toEqual([]);
    while (isRunning(pip)) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it('leaves the package untouched when it is killed; the next one clears up', async () => {
    const { process: child, outcome } = start(
      ['setup', '--project', folder(), '--from', 'pypi'],
      project.hangingPip(),
    );
    const pip = await project.pipPid();
    child.kill('SIGKILL');
    process.kill(pip, 'SIGKILL');
    expect((await outcome).signal).toBe('SIGKILL');
    expect(project.contents()).toEqual(UNTOUCHED);
    expect(project.neighbours().length).toBe(1);

    expect((await run(['setup', '--project', folder(), '--from', 'tfjs'])).status).toBe(0);
    expect(project.contents()).toEqual(PREPARED);
    expect(project.neighbours()).toEqual([]);
  });

  it('without the package names the command that installs it', () => {
    expect(() => requireTfjsNode(folder(), true)).toThrowError(
      StepError,
      `@tensorflow/tfjs-node-gpu is not installed in ${folder()}`,
    );
    expect(() => requireTfjsNode(folder(), false)).not.toThrow();
    rmSync(project.tfjsNode, { recursive: true });
    const missing = jasmine.objectContaining({
      details: { remedy: 'npm install --ignore-scripts @tensorflow/tfjs-node@4.22.0' },
    });
    expect(() => requireTfjsNode(folder(), false)).toThrow(missing);
  });
});
