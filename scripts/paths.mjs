import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Held while installing or building. */
export const setupLock = join(root, '.meridian', 'setup.lock');
