import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';
import { root, setupLock } from './paths.mjs';

/** Everything that processes run; dist/ mirrors it. Tests and tools run from their sources. */
const SOURCES = [
  'activities',
  'agents',
  'bench',
  'catalog',
  'clients',
  'contracts',
  'dev',
  'examples',
  'failover',
  'lab',
  'platforms',
  'policies',
  'skills',
  'worker',
  'workflows',
  'temporal.config.ts',
  'payload-codec.ts',
];

const BUNDLE_KEPT_MS = 3_600_000;

const dist = join(root, 'dist');
const manifestPath = join(dist, '.build.json');

/** Compiles what is newer than its output and removes outputs without a source. Returns how many files it wrote. */
export async function build() {
  const config = readFileSync(join(root, '.swcrc'), 'utf8');
  const before = readManifest(config);
  const files = Object.fromEntries(sourceFiles().map((file) => [file, stamp(file)]));
  const changed = Object.keys(files).filter((file) => before[file] !== files[file] || !existsSync(outputOf(file)));
  const removed = Object.keys(before).filter((file) => !(file in files));
  if (changed.length === 0 && removed.length === 0) return 0;
  for (const file of removed) rmSync(outputOf(file), { force: true });
  if (Object.keys(before).length === 0) removeUnknownOutputs(files);
  await Promise.all(changed.map((file) => compile(file, config)));
  write(manifestPath, JSON.stringify({ config, files }));
  removeOldBundles();
  return changed.length;
}

function sourceFiles() {
  return SOURCES.flatMap((entry) => {
    const path = join(root, entry);
    if (!existsSync(path)) return [];
    if (!statSync(path).isDirectory()) return [entry];
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((item) => item.isFile() && !item.name.endsWith('.d.ts'))
      .map((item) => relative(root, join(item.parentPath, item.name)));
  });
}

function readManifest(config) {
  try {
    const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'));
    return manifest.config === config ? manifest.files : {};
  } catch {
    return {};
  }
}

/** After a change of the compiler’s configuration, or without a manifest, nothing old may stay. */
function removeUnknownOutputs(files) {
  if (!existsSync(dist)) return;
  const wanted = new Set(Object.keys(files).map(outputOf));
  for (const item of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const path = join(item.parentPath, item.name);
    if (item.isFile() && !wanted.has(path)) rmSync(path, { force: true });
  }
}

/** Workers keep one workflow bundle per build in here. Recent ones stay: a worker may be starting from one. */
function removeOldBundles() {
  for (const name of readdirSync(dist).filter((entry) => entry.startsWith('.workflows-'))) {
    const path = join(dist, name);
    if (Date.now() - statSync(path).mtimeMs > BUNDLE_KEPT_MS) rmSync(path, { force: true });
  }
}

function stamp(file) {
  const { mtimeMs, size } = statSync(join(root, file));
  return `${mtimeMs}:${size}`;
}

function outputOf(file) {
  return join(dist, file.replace(/\.ts$/, '.js'));
}

async function compile(file, config) {
  const output = outputOf(file);
  if (!file.endsWith('.ts')) {
    mkdirSync(dirname(output), { recursive: true });
    cpSync(join(root, file), output);
    return;
  }
  const { code } = await swc().transformFile(join(root, file), {
    ...JSON.parse(config),
    swcrc: false,
    sourceFileName: relative(dirname(output), join(root, file)).split(sep).join('/'),
  });
  write(output, code);
}

let compiler;
/** Loaded only when something has to be compiled: loading takes longer than finding out that nothing has to be. */
function swc() {
  compiler ??= createRequire(import.meta.url)('@swc/core');
  return compiler;
}

/** Writes beside and renames: a process that starts from dist/ at this moment sees the old or the new file, never half. */
function write(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}.tmp`;
  writeFileSync(beside, content);
  renameSync(beside, path);
}

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const started = Date.now();
  const written = await withLock(setupLock, build);
  process.stderr.write(
    written === 0 ? 'dist is up to date\n' : `built ${written} files in ${Date.now() - started} ms\n`,
  );
}
