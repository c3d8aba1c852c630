import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { compiledPath } from '../../../lab/compiled-path';

test.each(['stdout', 'stderr'] as const)('ends quietly when nobody reads %s', async (closed) => {
  // Help goes to stdout, bad usage to stderr.
  const argv = closed === 'stdout' ? ['--help'] : ['launch'];
  const child = spawn(process.execPath, [compiledPath('clients/cli/main.js'), ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const open = closed === 'stdout' ? child.stderr : child.stdout;
  open.on('data', (chunk) => {
    said += chunk;
  });
  child[closed].destroy();
  const [exitCode] = await once(child, 'close');
  expect({ exitCode, said }).toEqual({ exitCode: 130, said: '' });
});
