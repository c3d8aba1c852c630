import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isGone } from '../../../lab/processes/is-gone';
import { isListening } from '../running-lab';

const LISTENS = `require('node:net').createServer().listen(0, '127.0.0.1', function () {
  process.stdout.write(String(this.address().port));
});`;

test('a process that is gone listens no more, also when its first thread ends before the others', async () => {
  const stillListening: number[] = [];
  for (let run = 0; run < 20; run++) {
    const child = spawn(process.execPath, ['-e', LISTENS], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = child.pid as number;
    const [port] = await once(child.stdout, 'data');
    expect(isGone(pid)).toBe(false);
    child.kill('SIGKILL');
    while (!isGone(pid)); // without a pause: the moment is short
    if (await isListening(Number(port))) stillListening.push(run);
  }
  expect(stillListening).toEqual([]);
});
