import { PassThrough } from 'node:stream';

import { Stages } from '../../src/cli/models/stages';

describe('the stages of a command', () => {
  let shown: string;
  let ci: string | undefined;
  const stream = (isTTY: boolean) => {
    const text = new PassThrough();
    text.on('data', (data: Buffer) => (shown += data.toString()));
    return Object.assign(text, { isTTY }) as unknown as NodeJS.WriteStream;
  };

  beforeEach(() => {
    shown = '';
    ci = process.env.CI;
    delete process.env.CI;
  });
  afterEach(() => {
    if (ci !== undefined) process.env.CI = ci;
  });

  it('have a line each on a terminal, which moves while the program computes', async () => {
    const stages = new Stages(2, stream(true));
    expect(await stages.run('load a', () => 1)).toBe(1);
    await stages.run('quantize', (progress) => {
      progress?.count('', 4, () => 3);
      const start = Date.now();
      while (Date.now() - start < 150);
      progress?.refresh();
    });
    expect(shown).toMatch(/\[1\/2\] load a … \d+\.\d s\n/);
    expect(shown).toMatch(/█{15}░{5} 3\/4/);
    expect(shown).toMatch(/\[2\/2\] quantize … \d+\.\d s\n$/);
  });

  it('are silent elsewhere', async () => {
    const stages = new Stages(1, stream(false));
    expect(await stages.run('load a', (progress) => progress === undefined)).toBeTrue();
    expect(shown).toBe('');
  });

  it('pass errors on', async () => {
    const failing = () => Promise.reject(new Error('no'));
    for (const isTTY of [true, false]) {
      await expectAsync(new Stages(1, stream(isTTY)).run('x', failing)).toBeRejectedWithError('no');
    }
    expect(shown).toMatch(/\[1\/1\] x … failed after/);
  });
});
