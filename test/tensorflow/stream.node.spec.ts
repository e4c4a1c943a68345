/** Each of the three ways to a stream keeps our kernels in order with TensorFlow's. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { testBackends } from '../support/backends';

const PROGRAM = join(__dirname, 'programs', 'chained_products.ts');

function run(mode: string): { stream: string; sum: number } {
  const output = execFileSync(process.execPath, ['--import', 'tsx', PROGRAM], {
    encoding: 'utf8',
    env: { ...process.env, QUTLASS_STREAM: mode },
  });
  return JSON.parse(output.trim().split('\n').pop()!);
}

if (testBackends.some(({ place }) => place === 'device')) {
  describe('QUTLASS_STREAM', () => {
    let synchronized: { stream: string; sum: number };
    beforeAll(() => {
      synchronized = run('synchronize');
    }, 120_000);

    it('synchronize waits on the host', () => {
      expect(synchronized.stream).toBe('synchronize (QUTLASS_STREAM)');
    });

    for (const mode of ['tensorflow', 'event']) {
      it(`${mode} gives the same bits as waiting on the host`, () => {
        expect(run(mode)).toEqual({ stream: `${mode} (QUTLASS_STREAM)`, sum: synchronized.sum });
      }, 120_000);
    }

    it('is refused where there is no such mode', () => {
      expect(() => run('fastest')).toThrowError(/QUTLASS_STREAM is 'fastest', expected/);
    }, 120_000);
  });
}
