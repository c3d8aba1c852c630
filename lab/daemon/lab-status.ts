import { markedProcesses } from '../processes/marked-processes';
import { memoryOf } from '../processes/memory';
import type { LabStatus } from './daemon-protocol';
import type { Lab, Site } from './lab-state';

/** A process that stands still does not hold up the page. */
const ASK_WITHIN_MS = 1_000;

/** The status page: every process of the lab with its memory, its ports, stacks and faults. */
export async function labStatus(lab: Lab): Promise<LabStatus> {
  const sites = [...lab.deployments.values()].flatMap((deployment) => [...deployment.sites.values()]);
  const named = new Map([
    [process.pid, 'daemon'],
    [lab.network.pid, 'network'],
    ...(await Promise.all(sites.map(namedProcesses))).flat(),
  ]);
  // PostgreSQL's backends come and go: they are found by their marker
  const nameOf = (pid: number, region: string) => named.get(pid) ?? `${region} database backend`;
  const ofSites = sites.flatMap(({ marker, region }) =>
    markedProcesses(marker).map((pid) => [pid, nameOf(pid, region)] as const),
  );
  const witnesses = [...lab.deployments.values()].flatMap((deployment) => deployment.witnesses);
  for (const { name, process } of witnesses) if (process?.pid) named.set(process.pid, name);
  const outside = witnesses.flatMap(({ process }) => process?.pid ?? []);
  const own = [process.pid, lab.network.pid, ...outside].map((pid) => [pid, named.get(pid) ?? ''] as const);
  const processes = [...own, ...ofSites].map(([pid, what]) => ({ pid, what, ...memoryOf(pid) }));
  const sum = (values: Array<number | undefined>) =>
    Math.round(values.reduce<number>((all, value) => all + (value ?? 0), 0));
  return {
    home: lab.home.path,
    daemonPid: process.pid,
    processes,
    rssMb: sum(processes.map(({ rssMb }) => rssMb)),
    ...(processes.some(({ pssMb }) => pssMb) && { pssMb: sum(processes.map(({ pssMb }) => pssMb)) }),
    ports: lab.ports.all(),
    stacks: [...lab.stacks.values()].map(({ ref, status }) => ({
      region: ref.region,
      name: ref.name,
      kind: ref.kind,
      status,
    })),
    faults: [...lab.faults.keys()],
  };
}

async function namedProcesses({ region, process, keeper }: Site): Promise<Array<[number, string]>> {
  const asked = [process?.call('processes', {}, ASK_WITHIN_MS), keeper?.process?.call('processes', {}, ASK_WITHIN_MS)];
  const children = (await Promise.all(asked.map((found) => found?.catch(() => [])))).flatMap((found) => found ?? []);
  const named = (pid: number | undefined, what: string): Array<[number, string]> => (pid ? [[pid, what]] : []);
  return [
    ...named(process?.pid, `${region} region`),
    ...named(keeper?.process?.pid, `${region} keeper`),
    ...children.map(({ pid, what }): [number, string] => [pid, `${region} ${what}`]),
  ];
}
