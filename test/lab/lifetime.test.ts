import { fork } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  isAlive,
  isListening,
  labIdOf,
  leftovers,
  startTestLab,
  stopTestLabs,
  type TestLab,
  until,
} from './running-lab';
import { PRIMARY, SampleDeployment, STANDBY } from './sample-deployment';

afterEach(stopTestLabs);

async function deployedLab(): Promise<{ lab: TestLab; labId: string; pids: number[]; ports: number[] }> {
  const lab = await startTestLab();
  await new SampleDeployment(lab.daemon).applyAll('base', 'connectivity', 'data', 'preview');
  const { processes, ports } = await lab.daemon.call('status', {});
  const { port } = await lab.daemon.call('edge', {});
  return { lab, labId: labIdOf(lab), pids: processes.map(({ pid }) => pid), ports: [...ports, port] };
}

async function listening(ports: number[]): Promise<number[]> {
  const open = await Promise.all(ports.map(isListening));
  return ports.filter((_port, index) => open[index]);
}

test('a lab that is stopped leaves no process, no port and no folder', async () => {
  const { lab, labId, pids, ports } = await deployedLab();
  expect(pids.length).toBeGreaterThan(15);
  expect((await listening(ports)).length).toBeGreaterThan(6);
  await lab.stop();
  expect(pids.filter(isAlive)).toEqual([]);
  expect(await listening(ports)).toEqual([]);
  expect(leftovers({ home: lab.home, labId })).toEqual([]);
});

test('a lab whose daemon is killed ends its regions and databases itself, and the next lab sweeps its folder', async () => {
  const { lab, labId, pids, ports } = await deployedLab();
  process.kill(lab.pid, 'SIGKILL');
  await until('no process is left', () => pids.filter(isAlive).length === 0);
  expect(await listening(ports)).toEqual([]);
  expect(existsSync(join(lab.home, 'regions', PRIMARY, 'orders-staging-1'))).toBe(false);
  const next = await startTestLab();
  expect(leftovers({ home: lab.home, labId })).toEqual([]);
  expect(existsSync(next.home)).toBe(true);
  await next.stop();
});

test('a region whose process is killed takes its tasks with it; a keeper takes its databases, and is started again', async () => {
  const { lab } = await deployedLab();
  const ofRegion = async () => {
    const { processes } = await lab.daemon.call('status', {});
    return processes.filter(({ what }) => what.startsWith(STANDBY));
  };
  const before = await ofRegion();
  const pidOf = (name: string) => before.find(({ what }) => what === `${STANDBY} ${name}`)?.pid ?? 0;
  process.kill(pidOf('region'), 'SIGKILL');
  const services = before.filter(({ what }) => /region$|task/.test(what));
  await until('the services are gone', () => services.every(({ pid }) => !isAlive(pid)));
  expect(isAlive(pidOf('keeper'))).toBe(true);
  process.kill(pidOf('keeper'), 'SIGKILL');
  await until('the databases are gone', () => before.every(({ pid }) => !isAlive(pid)));
  await until('another keeper has started the standby again', async () => {
    const now = await ofRegion();
    return now.some(({ what }) => what.endsWith('keeper')) && now.some(({ what }) => what.includes('database'));
  });
  await lab.stop();
});

test('a lab ends with the process that started it', async () => {
  const parent = fork(join(__dirname, 'lab-parent.js'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const lab = await new Promise<{ pid: number; home: string }>((resolve) => parent.once('message', resolve));
  const labId = labIdOf(lab);
  expect(isAlive(lab.pid)).toBe(true);
  parent.kill('SIGKILL');
  await until('the lab is gone', () => leftovers({ home: lab.home, labId }).length === 0);
  expect(isAlive(lab.pid)).toBe(false);
});

test('a lab keeps one log per process, below its home', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'meridian-home-'));
  chmodSync(parent, 0o711);
  const home = join(parent, 'lab');
  const lab = await startTestLab({ home });
  await new SampleDeployment(lab.daemon, { regions: [PRIMARY] }).applyAll('base', 'data');
  expect(lab.home).toBe(home);
  expect(readdirSync(join(home, 'logs')).sort()).toEqual(['daemon.log', PRIMARY, 'network.log', 'witnesses']);
  expect(readdirSync(join(home, 'logs', PRIMARY)).sort()).toEqual([
    'api-1.log',
    'keeper.log',
    'orders.log',
    'region.log',
  ]);
  expect(statSync(join(home, 'logs', PRIMARY, 'orders.log')).size).toBeGreaterThan(0);
  await lab.stop();
  expect(existsSync(home)).toBe(false);
  rmSync(parent, { recursive: true });
});

test('a home that is not empty is refused, and left as it was', async () => {
  const home = mkdtempSync(join(tmpdir(), 'meridian-home-'));
  const inside = mkdtempSync(join(home, 'kept-'));
  await expect(startTestLab({ home })).rejects.toThrow(/is not empty/);
  expect(existsSync(inside)).toBe(true);
  rmSync(home, { recursive: true });
});
