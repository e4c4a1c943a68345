/** The demo, in small: it trains, quantizes, measures, and leaves its page and nothing else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { temporaryFolder } from '../support/temporary_folder';
import { leftBehind, runExample } from './run_example';

describe('the demo', () => {
  const folder = temporaryFolder();

  it('prints the models side by side and writes one page', () => {
    const { status, stdout } = runExample('demo', folder(), '--out', 'results', '--smoke');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^float32 .*\nint8 .*\nint4 g128 .*\nint4 g32 .*\nmixed /m);
    expect(stdout).toMatch(/int8 is within 0\.3 % of float32's bits a character/);
    expect(leftBehind(folder())).toEqual(['results']);
    const page = readFileSync(join(folder(), 'results', 'index.html'), 'utf8');
    expect(page).toMatch(/<svg[\s\S]*<\/svg>[\s\S]*<\/html>\s*$/);
    expect(page).not.toMatch(/<script|<link|@import|(src|href)="https?:/);
  });

  it('refuses an option that it does not know', () => {
    const { status, stderr } = runExample('demo', folder(), '--fast');
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/--fast/);
  }, 30_000);
});
