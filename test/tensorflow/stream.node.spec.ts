/** Each of the three ways to a stream keeps our kernels in order with TensorFlow's. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { testBackends } from '../support/backends';

const PROGRAM = join(__dirname, 'programs', 'chained_products.ts');

interface Outcome {
  stream: string;
  sum: number;
}

async function run(mode: string): Promise<Outcome> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', PROGRAM], {
    env: { ...process.env, QUTLASS_STREAM: mode },
  });
  return JSON.parse(stdout.trim().split('\n').pop()!) as Outcome;
}

if (testBackends.some(({ place }) => place === 'device')) {
  describe('QUTLASS_STREAM', () => {
    let synchronized: Outcome;
    beforeAll(async () => {
      synchronized = await run('synchronize');
    });

    it('synchronize waits on the host', () => {
      expect(synchronized.stream).toBe('synchronize (QUTLASS_STREAM)');
    });

    for (const mode of ['tensorflow', 'event']) {
      it(`${mode} gives the same bits as waiting on the host`, async () => {
        expect(await run(mode)).toEqual({
          stream: `${mode} (QUTLASS_STREAM)`,
          sum: synchronized.sum,
        });
      });
    }

    it('gives the same bits in several processes at once', async () => {
      const outcomes = await Promise.all(['tensorflow', 'event', 'tensorflow'].map(run));
      expect(outcomes.map(({ sum }) => sum)).toEqual(Array(3).fill(synchronized.sum));
    });

    it('is refused where there is no such mode', async () => {
      await expectAsync(run('fastest')).toBeRejectedWithError(
        /QUTLASS_STREAM is 'fastest', expected/,
      );
    });
  });
}
