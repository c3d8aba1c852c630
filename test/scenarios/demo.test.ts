import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DeploymentReport, deploymentReportSchema } from '../../contracts/report';
import { stopLocalEnvironment } from '../../dev/local-environment';
import { isAlive } from '../../dev/local-state';

const root = join(__dirname, '../..');

interface Ran {
  exitCode: number;
  stdout: string;
  stderr: string;
}

function npm(args: string[], stateFolder: string): Promise<Ran> {
  const env = { ...process.env, MERIDIAN_HOME: stateFolder, ANTHROPIC_API_KEY: '' };
  return new Promise((resolve) => {
    const child = execFile('npm', args, { cwd: root, env, maxBuffer: 64 * 1024 * 1024 }, (_error, stdout, stderr) =>
      resolve({ exitCode: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

/** Everything that was started inherits the state folder in its environment, or works in the lab's folder. */
function processesOf(stateFolder: string, labFolder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const text = `${readOrEmpty(`/proc/${pid}/environ`)}${readOrEmpty(`/proc/${pid}/cmdline`)}`;
      return text.includes(stateFolder) || text.includes(labFolder);
    });
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function labFolderOf(stderr: string): string {
  const folder = /^lab: .* logs in (\S+)$/m.exec(stderr)?.[1];
  if (!folder) throw new Error(`no lab folder in: ${stderr}`);
  return folder;
}

describe('npm run demo', () => {
  let stateFolder: string;
  beforeEach(() => {
    stateFolder = mkdtempSync(join(tmpdir(), 'meridian-demo-'));
  });
  afterEach(async () => {
    await stopLocalEnvironment(stateFolder);
    rmSync(stateFolder, { recursive: true, force: true });
  });

  test('carries three regions to promoted, prints the report document alone, and leaves nothing running', async () => {
    const { exitCode, stdout, stderr } = await npm(['run', 'demo', '--', '--json'], stateFolder);
    const report: DeploymentReport = deploymentReportSchema.parse(JSON.parse(stdout));
    expect({ exitCode, verdict: report.verdict, summary: report.summary }).toMatchObject({
      exitCode: 0,
      verdict: 'promoted',
    });
    expect(report.checklist.filter(({ status }) => status === 'passed').length).toBeGreaterThanOrEqual(7);
    expect(report.checklist.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(report.drill?.acknowledgedWrites).toBeGreaterThan(0);
    expect(report.timing.wallMs).toBeLessThan(90_000);
    expect(existsSync(labFolderOf(stderr))).toBe(false);
    expect(processesOf(stateFolder, labFolderOf(stderr))).toEqual([]);
  });

  test('with --keep everything stays until it is stopped', async () => {
    const { exitCode, stdout, stderr } = await npm(['run', 'demo', '--', '--keep'], stateFolder);
    expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('promoted') });
    const state = JSON.parse(readFileSync(join(stateFolder, 'local.json'), 'utf8'));
    expect([state.pid, state.workerPid].map(isAlive)).toEqual([true, true]);
    expect((await fetch(state.uiUrl)).status).toBe(200);
    const status = await npm(['run', 'meridian', '--', 'status', '--json'], stateFolder);
    expect(JSON.parse(status.stdout)).toBeDefined();
    const stopped = await npm(['run', 'meridian', '--', 'dev', '--stop'], stateFolder);
    expect(stopped).toMatchObject({ exitCode: 0, stdout: 'stopped\n' });
    expect(processesOf(stateFolder, labFolderOf(stderr))).toEqual([]);
  });
});
