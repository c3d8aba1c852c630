import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTemporalBinary } from '../../dev/temporal-binary';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'meridian-tools-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, mode = 0o755): string {
  const file = join(folder, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, '#!/bin/sh\n', { mode });
  return file;
}

test('a program on PATH goes before a cached copy', async () => {
  const onPath = program('bin/temporal');
  program('tools/temporal-1.9.1');
  const found = await findTemporalBinary({ path: `/nowhere:${join(folder, 'bin')}`, folders: [join(folder, 'tools')] });
  expect(found).toEqual({ file: onPath, from: 'PATH' });
});

test('a cached copy goes before any download, in any of the folders', async () => {
  const cached = program('second/temporal-1.9.1');
  const found = await findTemporalBinary({ path: '', folders: [join(folder, 'first'), join(folder, 'second')] });
  expect(found).toEqual({ file: cached, from: 'cache' });
});

test('a file that may not be executed is not the program', async () => {
  program('bin/temporal', 0o644);
  const cached = program('tools/temporal-1.9.1');
  const found = await findTemporalBinary({ path: join(folder, 'bin'), folders: [join(folder, 'tools')] });
  expect(found).toEqual({ file: cached, from: 'cache' });
});

test('when nothing helps, the error lists what was tried and what to do, and leaves no files', async () => {
  const proxies = { https_proxy: process.env.https_proxy, HTTPS_PROXY: process.env.HTTPS_PROXY };
  // Nothing listens on port 9: the download fails at once, with or without a network.
  Object.assign(process.env, { https_proxy: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9' });
  try {
    const search = findTemporalBinary({ path: '/nowhere', folders: [folder] });
    await expect(search).rejects.toThrow(
      /no "temporal" on PATH.*temporal-1\.9\.1 in.*download: .*python package: .*TEMPORAL_ADDRESS/s,
    );
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    for (const [name, value] of Object.entries(proxies)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
});
