import { join } from 'node:path';

import { PREREQUISITES, checkPrerequisites, isAtLeast } from '../../src/cli/steps/prerequisites';
import { temporaryFolder, writeProgram } from '../support/temporary_folder';

describe('prerequisites', () => {
  const folder = temporaryFolder();
  const { PATH, CXX } = process.env;

  const provide = (program: string, script: string) =>
    writeProgram(join(folder(), program), script);
  const check = (...names: (keyof typeof PREREQUISITES)[]) =>
    checkPrerequisites(names.map((name) => PREREQUISITES[name]));

  beforeEach(() => {
    process.env.PATH = folder();
    delete process.env.CXX;
    provide('apt-get', '');
  });
  afterEach(() => {
    process.env.PATH = PATH;
    if (CXX !== undefined) process.env.CXX = CXX;
  });

  it('that are missing are one line each, with what to type', () => {
    expect(() => check('pip', 'compiler', 'cmake', 'make', 'makeOrNinja')).toThrowError(
      [
        'Python 3 with pip is missing (no python3 on the PATH): sudo apt-get install python3-pip',
        'a C++17 compiler is missing (none of c++, g++, clang++ on the PATH compiles C++17): sudo apt-get install g++',
        'CMake 3.18 or newer is missing (no cmake on the PATH): sudo apt-get install cmake',
        'make is missing (no make on the PATH): sudo apt-get install make',
        'make or ninja is missing (neither make nor ninja on the PATH): sudo apt-get install make',
      ].join('\ntfjs-qutlass: '),
    );
  });

  it('are told once however often they are asked for', () => {
    expect(() => check('make', 'make')).toThrowError(/^make is missing[^\n]*$/);
  });

  it('that are there are not mentioned', () => {
    provide('python3', '');
    provide('g++', '');
    provide('cmake', 'echo cmake version 3.25.1');
    provide('make', '');
    expect(() => check('pip', 'compiler', 'cmake', 'make', 'makeOrNinja')).not.toThrow();
  });

  it('can be there and not do', () => {
    provide('python3', 'exit 1');
    provide('g++', 'exit 1');
    provide('cmake', 'echo cmake version 3.9.6');
    expect(() => check('pip')).toThrowError(/python3 has no pip/);
    expect(() => check('compiler')).toThrowError(/compiles C\+\+17/);
    expect(() => check('cmake')).toThrowError(/cmake is 3\.9\.6/);
    process.env.CXX = 'tcc';
    expect(() => check('compiler')).toThrowError(/CXX=tcc does not compile C\+\+17/);
  });

  it('are satisfied by either of two', () => {
    provide('ninja', '');
    expect(() => check('makeOrNinja')).not.toThrow();
    expect(() => check('make')).toThrowError(/make is missing/);
  });

  it('compare versions number by number', () => {
    expect(isAtLeast('3.18', '3.18')).toBeTrue();
    expect(isAtLeast('20.17.0', '20.9.0')).toBeTrue();
    expect(isAtLeast('3.9.6', '3.18')).toBeFalse();
    expect(isAtLeast('4.0.0', '3.18')).toBeTrue();
  });
});
