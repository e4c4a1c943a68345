import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { downloadWheels } from '../../src/cli/pip';
import { temporaryFolder, writeProgram } from '../support/temporary_folder';

describe('downloadWheels', () => {
  const folder = temporaryFolder();
  const { PATH } = process.env;
  afterEach(() => {
    process.env.PATH = PATH;
  });

  const wheel = { requirement: 'teapot==1.2.3', sha256: 'ab'.repeat(32), bytes: 100 };
  const download = () =>
    downloadWheels([wheel], {
      target: { platform: 'manylinux_2_27_x86_64', python: '3.11' },
      folder: join(folder(), 'wheels'),
      logFile: join(folder(), 'log'),
    });

  /** Stands in for Python: its arguments come to be in the log. */
  function provide(script: string): void {
    writeProgram(join(folder(), 'bin', 'python3'), script);
    process.env.PATH = `${join(folder(), 'bin')}:${PATH}`;
  }

  it('asks for the wheel of that machine, by its hash, and for nothing else', async () => {
    provide('echo "$@"; echo "TMPDIR=$TMPDIR"');
    await download();
    const wheels = join(folder(), 'wheels');
    const log = readFileSync(join(folder(), 'log'), 'utf8');
    expect(log).toContain(`-m pip download --dest ${wheels} --no-deps --only-binary=:all:`);
    expect(log).toContain('--require-hashes');
    expect(log).toContain('--platform manylinux_2_27_x86_64 --python-version 3.11');
    expect(log).toContain(`TMPDIR=${wheels}`);
    expect(readFileSync(join(wheels, 'requirements.txt'), 'utf8')).toBe(
      `teapot==1.2.3 --hash=sha256:${wheel.sha256}\n`,
    );
  });

  it("fails with pip's last words", async () => {
    provide('echo "Downloading teapot"; echo "THESE PACKAGES DO NOT MATCH THE HASHES"; exit 1');
    await expectAsync(download()).toBeRejectedWith(
      jasmine.objectContaining({
        message: 'pip cannot get teapot==1.2.3 (exit code 1)',
        details: jasmine.objectContaining({
          output: jasmine.stringMatching(/THESE PACKAGES DO NOT MATCH THE HASHES$/),
        }),
      }),
    );
  });
});
