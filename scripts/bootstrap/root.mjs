import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The clone's folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** What is made on the way, outside of dist/. */
export const workFolder = join(root, 'build');
