import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { hashInputs, readStamp, writeFileAtomically } from '../../src/cli/steps/stamp';
import { temporaryFolder, write } from '../support/temporary_folder';

describe('stamp', () => {
  const folder = temporaryFolder();
  const hash = (more?: unknown) => hashInputs(folder(), [join(folder(), 'src')], more);

  beforeEach(() => {
    write(join(folder(), 'src', 'a.ts'), 'one');
    write(join(folder(), 'src', 'deep', 'b.ts'), 'two');
  });

  it('stays the same while the inputs do, and wherever they are', () => {
    const before = hash();
    write(join(folder(), 'src', 'a.ts'), 'one');
    expect(hash()).toBe(before);
    const copy = join(folder(), 'copy');
    write(join(copy, 'src', 'a.ts'), 'one');
    write(join(copy, 'src', 'deep', 'b.ts'), 'two');
    expect(hashInputs(copy, [join(copy, 'src')])).toBe(before);
  });

  it('changes with a content, a name, a new file, an option', () => {
    const hashes = [hash(), hash({ cuda: 'on' })];
    write(join(folder(), 'src', 'deep', 'b.ts'), 'Two');
    hashes.push(hash());
    write(join(folder(), 'src', 'c.ts'), '');
    hashes.push(hash());
    write(join(folder(), 'src', 'd.ts'), '');
    hashes.push(hash());
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('is written whole, and leaves nothing beside it', () => {
    const file = join(folder(), 'build', 'stamp');
    expect(readStamp(file)).toBeUndefined();
    writeFileAtomically(file, 'first');
    writeFileAtomically(file, 'second');
    expect(readStamp(file)).toBe('second');
    expect(readdirSync(join(folder(), 'build'))).toEqual(['stamp']);
  });
});
