import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as util from 'node:util';

import { QutlassLoadError } from '../../src/runtime/errors';
import { restoreRemovedUtil } from '../../src/runtime/node_compat';
import { packageRoot } from '../../src/runtime/package_root';

describe('QutlassLoadError', () => {
  it('tells every attempt and the way out', () => {
    const error = new QutlassLoadError({
      code: 'ADDON_NOT_LOADED',
      message: 'the addon cannot be loaded',
      attempts: [
        { path: '/a.node', reason: 'no such file' },
        { path: '/b.node', reason: 'wrong ELF class\nRequire stack:\n- /c.js' },
      ],
      remedy: 'npx tfjs-qutlass build',
    });
    expect(error.message).toBe(
      [
        'tfjs-qutlass: the addon cannot be loaded',
        'tried:',
        '  - /a.node: no such file',
        '  - /b.node: wrong ELF class',
        '      Require stack:',
        '      - /c.js',
        'to mend it: npx tfjs-qutlass build',
      ].join('\n'),
    );
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('QutlassLoadError');
    expect([error.code, error.remedy]).toEqual(['ADDON_NOT_LOADED', 'npx tfjs-qutlass build']);
    expect(error.attempts.length).toBe(2);
  });
});

describe('restoreRemovedUtil', () => {
  type Predicate = (this: void, value: unknown) => boolean;
  type Util = { isArray: Predicate; isNullOrUndefined: Predicate };

  it('puts back what tfjs-node calls', () => {
    const later = {} as Util;
    restoreRemovedUtil(later);
    restoreRemovedUtil(later);
    const values = [null, undefined, 0, '', [], {}];
    expect(values.map(later.isNullOrUndefined)).toEqual([true, true, false, false, false, false]);
    expect(values.map(later.isArray)).toEqual([false, false, false, false, true, false]);
    expect(Object.keys(later)).toEqual([]);
  });

  it('leaves alone what Node has', () => {
    const isArray = () => 'its own';
    const early = { isArray } as unknown as Util;
    restoreRemovedUtil(early);
    expect(early.isArray as unknown).toBe(isArray);
  });

  it("mends Node's own module", () => {
    restoreRemovedUtil();
    const { isNullOrUndefined } = require('node:util') as Util;
    expect(isNullOrUndefined).toEqual(jasmine.any(Function));
    expect(util.inspect({})).toBe('{}');
  });
});

describe('packageRoot', () => {
  it('holds package.json and the native sources', () => {
    expect(existsSync(join(packageRoot(), 'native', 'CMakeLists.txt'))).toBeTrue();
  });
});
