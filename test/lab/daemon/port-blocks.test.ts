import { createServer } from 'node:net';
import { PortBlocks } from '../../../lab/daemon/port-blocks';

test('two labs never get the same port, and one that is taken is passed over', async () => {
  const [one, other] = [new PortBlocks(), new PortBlocks()];
  const first = await one.take();
  const occupied = createServer().listen(first + 1, '127.0.0.1');
  const mine = await one.takeMany(300);
  const theirs = await other.takeMany(300);
  expect(new Set([first, ...mine, ...theirs]).size).toBe(601);
  expect(mine).not.toContain(first + 1);
  occupied.close();
  await Promise.all([one.release(), other.release()]);
});
