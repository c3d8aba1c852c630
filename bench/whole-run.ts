import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pc from 'picocolors';
import { runDeploy } from '../clients/cli/commands/deploy';
import { connectClient } from '../clients/connection';
import { type DeploymentReport, deploymentReportSchema } from '../contracts/report';
import { startLocalEnvironment } from '../dev/local-environment';
import { environmentVariables } from '../dev/local-state';
import { packageRoot } from '../dev/package-root';
import { loadConfig } from '../temporal.config';

/**
 * `npm run bench [-- RUNS]`: carries the three-region example to its verdict several times, each in an environment of
 * its own, and prints the spread of what users wait for and what the machine carries. Seconds here are this machine's:
 * compare the shares, and runs of one afternoon.
 */
interface Run {
  verdict: string;
  wallMs: number;
  orchestrationMs: number;
  rtoMs: number;
  residentMb: number;
}

async function main(): Promise<void> {
  const runs: Run[] = [];
  for (let run = 0; run < Number(process.argv[2] ?? 3); run += 1) {
    runs.push(await measure());
    console.log(JSON.stringify(runs.at(-1)));
  }
  console.log(`\n${'figure'.padEnd(20)} ${'min'.padStart(9)} ${'median'.padStart(9)} ${'max'.padStart(9)}`);
  for (const figure of ['wallMs', 'orchestrationMs', 'rtoMs', 'residentMb'] as const)
    row(
      figure,
      runs.map((run) => run[figure]),
    );
  row(
    'orchestration %',
    runs.map((run) => (100 * run.orchestrationMs) / run.wallMs),
  );
}

async function measure(): Promise<Run> {
  const stateFolder = mkdtempSync(path.join(tmpdir(), 'meridian-bench-'));
  const environment = await startLocalEnvironment({ stateFolder, announce: false, keep: false });
  let residentMb = 0;
  const sampler = setInterval(() => {
    residentMb = Math.max(residentMb, residentMbOf(environment.pid));
  }, 500);
  try {
    const report = await deploy({ ...process.env, ...environmentVariables(environment) });
    const { wallMs, orchestrationMs } = report.timing;
    return { verdict: report.verdict, wallMs, orchestrationMs, rtoMs: report.drill?.rtoMs ?? 0, residentMb };
  } finally {
    clearInterval(sampler);
    await environment.stop();
    rmSync(stateFolder, { recursive: true, force: true });
  }
}

async function deploy(env: NodeJS.ProcessEnv): Promise<DeploymentReport> {
  let document = '';
  const terminal = { out: (text: string) => (document += text), err: () => undefined };
  await runDeploy({
    file: path.join(packageRoot, 'examples', 'three-regions.yaml'),
    yes: true,
    json: true,
    by: 'bench',
    terminal: { ...plainTerminal, ...terminal },
    connect: () => connectClient(loadConfig(env)),
  });
  return deploymentReportSchema.parse(JSON.parse(document));
}

const noColors = pc.createColors(false);
const plainTerminal = {
  live: false,
  columns: 100,
  outColors: noColors,
  errColors: noColors,
  canAsk: false,
  confirm: async () => undefined,
  ask: async () => undefined,
};

/** Worker, lab, applications and databases: everything below the supervisor except the Temporal server. Shared pages count in each. */
function residentMbOf(pid: number): number {
  if (commandOf(pid).includes('start-dev')) return 0;
  const own = Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1_024;
  const children = readdirSafe(`/proc/${pid}/task`).flatMap((task) =>
    read(`/proc/${pid}/task/${task}/children`).trim().split(' '),
  );
  return children.filter(Boolean).reduce((sum, child) => sum + residentMbOf(Number(child)), own);
}

const commandOf = (pid: number) => read(`/proc/${pid}/cmdline`);

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The process has ended meanwhile.
    return '';
  }
}

function readdirSafe(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function row(name: string, values: number[]): void {
  const sorted = [...values].sort((a, b) => a - b);
  const shown = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  console.log(`${name.padEnd(20)} ${shown.map((value) => (value ?? 0).toFixed(0).padStart(9)).join(' ')}`);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
