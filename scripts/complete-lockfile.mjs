/**
 * Adds the packages of other platforms that npm left out of package-lock.json. npm writes down only the optional
 * packages that it could look up where it ran; `npm ci` then refuses the file everywhere. Run it after `npm install`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'openharmony', 'sunos', 'win32'];
const PROCESSORS = ['arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];

const path = join(root, 'package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8'));
const added = [];
for (const [parentPath, parent] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    if (found(parentPath, name)) continue;
    lock.packages[`node_modules/${name}`] = entryFor(name, version, parent);
    added.push(`${name}@${version}`);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
if (added.length > 0) writeFileSync(path, `${JSON.stringify(lock, undefined, 2)}\n`);
process.stderr.write(added.length > 0 ? `added ${added.join(', ')}\n` : 'package-lock.json is complete\n');

/** Looks where Node would: in the parent’s own node_modules, then in each one above it. */
function found(parentPath, name) {
  const nested = parentPath ? `${parentPath}/node_modules/${name}` : `node_modules/${name}`;
  if (lock.packages[nested]) return true;
  if (!parentPath) return false;
  const above = parentPath.slice(0, Math.max(0, parentPath.lastIndexOf('/node_modules/')));
  return found(parentPath.includes('/node_modules/') ? above : '', name);
}

/** Such packages carry their platform in their name: `@swc/core-linux-arm-gnueabihf`. */
function entryFor(name, version, parent) {
  const words = name.split(/[/-]/);
  const os = words.filter((word) => SYSTEMS.includes(word));
  const cpu = words.filter((word) => PROCESSORS.includes(word));
  if (os.length + cpu.length === 0) throw new Error(`${name}@${version}: no platform in the name, add it by hand`);
  const libc = words.some((word) => word.startsWith('musl'))
    ? ['musl']
    : words.some((word) => word.startsWith('gnu'))
      ? ['glibc']
      : [];
  return {
    version,
    ...(cpu.length > 0 && { cpu }),
    ...(parent.dev && { dev: true }),
    ...(os.includes('linux') && libc.length > 0 && { libc }),
    optional: true,
    ...(os.length > 0 && { os }),
  };
}
