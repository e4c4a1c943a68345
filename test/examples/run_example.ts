/** Runs an example as its npm script does, without the set-up. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const EXAMPLES = join(__dirname, '..', '..', 'examples');

/** @param folder where it is run, and where its temporary files go */
export function runExample(name: string, folder: string, ...args: string[]) {
  const file = join(EXAMPLES, name, 'index.ts');
  return spawnSync(process.execPath, ['--import', require.resolve('tsx'), file, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: folder },
  });
}

/** What a program left in its folder, besides tsx's cache. */
export function leftBehind(folder: string): string[] {
  return readdirSync(folder).filter((name) => !name.startsWith('tsx-'));
}

/** The numbers in the first line that begins with `start`. */
export function numbersAfter(start: string, output: string): number[] {
  const line = output.split('\n').find((one) => one.startsWith(start)) ?? '';
  return Array.from(line.slice(start.length).matchAll(/[\d,]*\.?\d+/g), ([text]) =>
    Number(text.replace(/,/g, '')),
  );
}
