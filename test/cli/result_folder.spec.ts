import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { checkTarget, writeFolder } from '../../src/cli/models/result_folder';
import { StepError } from '../../src/cli/steps/step_error';
import { temporaryFolder, write } from '../support/temporary_folder';

describe('a result folder', () => {
  const folder = temporaryFolder();
  const out = () => join(folder(), 'out');
  const model = (name: string) => (target: string) =>
    Promise.resolve(write(join(target, 'model.json'), name));
  const content = () => readFileSync(join(out(), 'model.json'), 'utf8');

  it('is made, with the folders above it, and nothing stays beside it', async () => {
    const deep = join(folder(), 'a', 'b');
    await writeFolder(deep, false, model('first'));
    expect(readdirSync(deep)).toEqual(['model.json']);
    expect(readdirSync(join(folder(), 'a'))).toEqual(['b']);
  });

  it('may be there, if it is empty', async () => {
    mkdirSync(out());
    await writeFolder(out(), false, model('first'));
    expect(content()).toBe('first');
  });

  it('that holds a model is replaced where that is asked for, and only there', async () => {
    write(join(out(), 'model.json'), 'old');
    write(join(out(), 'group1-shard1of1.bin'), 'old');
    expect(() => checkTarget(out(), false)).toThrowError(StepError, /out has files/);
    await expectAsync(writeFolder(out(), false, model('new'))).toBeRejectedWithError(StepError);
    expect(content()).toBe('old');
    await writeFolder(out(), true, model('new'));
    expect(readdirSync(out())).toEqual(['model.json']);
    expect(content()).toBe('new');
    expect(readdirSync(folder())).toEqual(['out']);
  });

  it('is replaced where a link leads to, and the link stays', async () => {
    write(join(folder(), 'real', 'model.json'), 'old');
    symlinkSync('real', out());
    await writeFolder(out(), true, model('new'));
    expect(content()).toBe('new');
    expect(readFileSync(join(folder(), 'real', 'model.json'), 'utf8')).toBe('new');
  });

  it('that holds anything else is never replaced', () => {
    write(join(out(), 'model.json'), 'old');
    write(join(out(), 'thesis.txt'), 'years of work');
    expect(() => checkTarget(out(), true)).toThrowError(
      StepError,
      /out has 'thesis\.txt', which is no part of a model/,
    );
    const file = write(join(folder(), 'file'), '');
    expect(() => checkTarget(file, true)).toThrowError(StepError, /file is no folder to write to/);
  });

  it('is as it was where writing fails half-way', async () => {
    write(join(out(), 'model.json'), 'old');
    const failing = async (target: string) => {
      await model('half')(target);
      throw new Error('no space left');
    };
    for (const name of ['out', 'new']) {
      const path = join(folder(), name);
      await expectAsync(writeFolder(path, true, failing)).toBeRejectedWithError(
        StepError,
        `cannot write ${path}: no space left`,
      );
    }
    expect(readdirSync(folder())).toEqual(['out']);
    expect(content()).toBe('old');
  });

  it('cannot be below a file', async () => {
    const path = join(write(join(folder(), 'file'), ''), 'out');
    await expectAsync(writeFolder(path, false, model('first'))).toBeRejectedWithError(
      StepError,
      /^cannot write .*ENOTDIR|EEXIST/,
    );
    expect(readdirSync(folder())).toEqual(['file']);
  });

  it('is absent where the program is interrupted', async () => {
    const source = JSON.stringify(require.resolve('../../src/cli/models/result_folder'));
    const program = write(
      join(folder(), 'program.cjs'),
      `require(${source}).writeFolder(${JSON.stringify(out())}, false, () => {
        console.log('writing');
        return new Promise((resolve) => setTimeout(resolve, 60_000));
      });`,
    );
    const child = spawn(process.execPath, ['--import', 'tsx', program], {
      cwd: join(__dirname, '..', '..'), // where tsx is found
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await Promise.race([once(child.stdout, 'data'), once(child, 'close')]);
    expect(readdirSync(folder()).length).toBe(2);
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([143, null]);
    expect(readdirSync(folder())).toEqual(['program.cjs']);
  });

  it('that others make meanwhile is theirs', async () => {
    const late = async (target: string) => {
      await model('mine')(target);
      write(join(out(), 'model.json'), 'theirs');
    };
    await expectAsync(writeFolder(out(), false, late)).toBeRejectedWithError(StepError);
    expect(content()).toBe('theirs');
    expect(readdirSync(folder())).toEqual(['out']);
  });
});
