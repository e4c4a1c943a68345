import { join } from 'node:path';

import { findNvcc } from '../../src/cli/addon/cuda_toolkit';
import { temporaryFolder, write, writeProgram } from '../support/temporary_folder';

describe('findNvcc', () => {
  const folder = temporaryFolder();
  const provide = (path: string, version: string) =>
    writeProgram(
      join(folder(), path),
      `echo "Cuda compilation tools, release ${version.slice(0, 4)}, V${version}"`,
    );

  it('prefers what the user has named to what is there', () => {
    const named = provide('named/nvcc-12', '12.4.131');
    const home = provide('home/bin/nvcc', '12.8.61');
    const path = provide('path/nvcc', '13.0.88');
    const env = { CUDACXX: named, CUDA_HOME: join(folder(), 'home'), PATH: join(folder(), 'path') };
    expect(findNvcc(env)).toEqual({ path: named, version: '12.4.131', origin: 'CUDACXX' });
    expect(findNvcc({ ...env, CUDACXX: '' })?.path).toBe(home);
    expect(findNvcc({ PATH: env.PATH })).toEqual({
      path,
      version: '13.0.88',
      origin: 'the PATH',
    });
  });

  it('looks a bare name in CUDACXX up on the PATH', () => {
    const path = provide('path/nvcc-12', '12.4.131');
    expect(findNvcc({ CUDACXX: 'nvcc-12', PATH: join(folder(), 'path') })?.path).toBe(path);
  });

  it('passes over what is no compiler', () => {
    writeProgram(join(folder(), 'broken', 'nvcc'), 'exit 1');
    write(join(folder(), 'text', 'nvcc'), 'not a program');
    const path = provide('good/nvcc', '13.0.88');
    const PATH = ['broken', 'text', 'good'].map((name) => join(folder(), name)).join(':');
    expect(findNvcc({ PATH })?.path).toBe(path);
  });
});
