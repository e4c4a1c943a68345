/** The demo, in small: it trains, quantizes, measures, and leaves its page and nothing else. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DEMO = join(__dirname, '..', '..', 'examples', 'demo', 'index.ts');

describe('the demo', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'qutlass-demo-spec-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function run(...args: string[]) {
    const out = join(folder, 'results');
    return spawnSync(process.execPath, ['--import', 'tsx', DEMO, '--out', out, ...args], {
      encoding: 'utf8',
      env: { ...process.env, TMPDIR: folder },
    });
  }

  it('prints the three models side by side and writes one page', () => {
    const { status, stdout } = run('--smoke');
    expect(status).toBe(0);
    expect(stdout).toMatch(/float32 +int8 +int4/);
    expect(stdout).toMatch(/int8 is within 0\.5 % of float32's bits a character/);
    const left = readdirSync(folder).filter((name) => !name.startsWith('tsx-')); // tsx's own cache
    expect(left).toEqual(['results']);
    const page = readFileSync(join(folder, 'results', 'index.html'), 'utf8');
    expect(page).toMatch(/<svg[\s\S]*<\/svg>[\s\S]*<\/html>\s*$/);
    expect(page).not.toMatch(/<script|<link|@import|(src|href)="https?:/);
  }, 120_000);

  it('refuses an option that it does not know', () => {
    const { status, stderr } = run('--fast');
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/--fast/);
  }, 30_000);
});
