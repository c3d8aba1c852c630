import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Path of a compiled file of the project, given relative to its root (`lab/daemon/main.js`). Works from the sources
 * (tests) and from dist/ alike. Throws when it has not been compiled.
 */
export function compiledPath(relative: string): string {
  const above = resolve(__dirname, '..');
  const path = join(isCompiled(above) ? above : join(above, 'dist'), relative);
  if (!existsSync(path)) throw new Error(`${relative} is not compiled: run "node scripts/build.mjs"`);
  return path;
}

function isCompiled(root: string): boolean {
  return !existsSync(join(root, 'package.json'));
}
