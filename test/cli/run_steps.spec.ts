import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';

import { runCommand } from '../../src/cli/steps/run_command';
import { type Step, runSteps } from '../../src/cli/steps/run_steps';
import { StepError } from '../../src/cli/steps/step_error';
import { temporaryFolder, write, writeProgram } from '../support/temporary_folder';

describe('runSteps', () => {
  const folder = temporaryFolder();
  let ran: string[];
  let shown: string;
  let stream: NodeJS.WriteStream;

  beforeEach(() => {
    ran = [];
    shown = '';
    const text = new PassThrough();
    text.on('data', (data: Buffer) => (shown += data.toString()));
    stream = text as unknown as NodeJS.WriteStream;
  });

  /** Is done once it has run. */
  const step = (id: string, options: Partial<Step> = {}): Step => ({
    id,
    label: () => id,
    needs: () => [],
    isDone: () => existsSync(join(folder(), id)),
    run: () => {
      ran.push(id);
      write(join(folder(), id), '');
      return Promise.resolve();
    },
    ...options,
  });
  const runAll = (...steps: Step[]) => runSteps(steps, { workFolder: folder(), stream });

  it('runs what is not done, in order, one line each', async () => {
    write(join(folder(), 'second'), '');
    await runAll(step('first'), step('second'), step('third'));
    expect(ran).toEqual(['first', 'third']);
    const lines = shown.trim().split('\n');
    expect(lines.length).toBe(3);
    expect(lines[0]).toMatch(/^\[1\/3\] first … \d+\.\d s$/);
    expect(lines[1]).toBe('[2/3] second … done before');
    expect(lines[2]).toMatch(/^\[3\/3\] third … \d+\.\d s$/);
  });

  it('is silent and leaves no lock where all is done', async () => {
    await runAll(step('first'));
    shown = '';
    await runAll(step('first'));
    expect(ran).toEqual(['first']);
    expect(shown).toBe('');
    expect(existsSync(join(folder(), 'setup.lock'))).toBeFalse();
  });

  it('runs a step again that an earlier one has undone', async () => {
    write(join(folder(), 'binding'), '');
    let undone = false;
    const packages = step('packages', {
      run: () => {
        undone = true;
        return Promise.resolve();
      },
    });
    const binding = step('binding', { isDone: () => !undone });
    await runAll(packages, binding);
    expect(ran).toEqual(['binding']);
  });

  it('checks what all steps need before it runs the first', async () => {
    const missing = {
      name: 'a teapot',
      problem: () => 'none on the shelf',
      packages: { 'apt-get': 'teapot' } as never,
    };
    await expectAsync(
      runAll(step('first'), step('second', { needs: () => [missing] })),
    ).toBeRejectedWithError(StepError, /^a teapot is missing \(none on the shelf\): /);
    expect(ran).toEqual([]);
    write(join(folder(), 'second'), '');
    await runAll(step('first'), step('second', { needs: () => [missing] }));
    expect(ran).toEqual(['first']);
  });

  it('stops at a failure, which shows the end of the output and the log', async () => {
    const program = writeProgram(
      join(folder(), 'fails'),
      'seq 1 30; echo no such wheel >&2; exit 3',
    );
    const failing = step('failing', {
      run: ({ logFile }) => runCommand(program, [], { logFile, failure: 'fails fails' }),
    });
    const error = await runAll(failing, step('next')).then(
      () => fail('it did not fail'),
      (reason: StepError) => reason,
    );
    const logFile = join(folder(), 'logs', 'failing.log');
    const told = (error as StepError).describe().split('\n');
    expect(told[0]).toBe('tfjs-qutlass: fails fails (exit code 3)');
    expect(told[1]).toBe('  | 12');
    expect(told.at(-2)).toBe('  | no such wheel');
    expect(told.at(-1)).toBe(`  full log: ${logFile}`);
    expect(readFileSync(logFile, 'utf8')).toContain(`$ ${program}\n1\n2\n`);
    expect(shown).toMatch(/^\[1\/2\] failing … failed after \d/);
    expect(ran).toEqual([]);
    expect(existsSync(join(folder(), 'setup.lock'))).toBeFalse();
  });

  it('lets one process at a time', async () => {
    const busy = step('busy', {
      run: async () => {
        ran.push('begin');
        await new Promise((resolve) => setTimeout(resolve, 50));
        write(join(folder(), 'busy'), '');
        ran.push('end');
      },
    });
    await Promise.all([runAll(busy), runAll(busy)]);
    expect(ran).toEqual(['begin', 'end']);
    expect(shown).toContain(`waiting for the set-up that process ${process.pid} runs`);
  });

  it('does not wait for a process that has died', async () => {
    write(join(folder(), 'setup.lock'), '999999999');
    await runAll(step('first'));
    expect(ran).toEqual(['first']);
  });
});
