import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { regionRttMs } from '../../catalog/latency';
import { REGION_IDS } from '../../catalog/regions';
import { DEFAULT_TIMING } from '../../failover/protocol/timing';
import { CalledProcess } from '../processes/called-process';
import { killMarked } from '../processes/kill-marked';
import type { WitnessCalls, WitnessSettings } from '../witness/witness-protocol';
import type { Deployment, Lab, Witness } from './lab-state';
import { startAgain } from './start-again';

const WITNESSES = 3;
const HEAP_MB = 64;
/** More than it takes one sentinel to ask the standbys and to change the lease. */
const STAND_BACK_MS = 400;

/**
 * Where the witnesses of a deployment are: the three regions that are not its own from which the farthest of its regions
 * is nearest. A lease is renewed through them, and a region that is lost must not take one of them with it.
 */
export function witnessLocations(
  regions: readonly string[],
  rttMs: (a: string, b: string) => number = regionRttMs,
): string[] {
  const farthest = (place: string) => Math.max(...regions.map((region) => rttMs(place, region)));
  return REGION_IDS.filter((id) => !regions.includes(id))
    .map((id) => ({ id, ms: farthest(id) }))
    .sort((a, b) => a.ms - b.ms || a.id.localeCompare(b.id))
    .slice(0, WITNESSES)
    .map(({ id }) => id);
}

/** Gives the witnesses of a deployment their places and ports, once: a replica that forgets must never come back. */
export async function placeWitnesses(lab: Lab, deployment: Deployment): Promise<void> {
  if (deployment.witnesses.length > 0) return;
  const number = ++lab.siteCount;
  const witnesses: Witness[] = [];
  for (const [index, location] of witnessLocations([...deployment.sites.keys()]).entries()) {
    const name = `witness-${index + 1}`;
    witnesses.push({
      ...{ name, location, rank: index },
      marker: `${lab.home.labId}/${number}/${name}/`,
      folder: join(lab.home.path, 'witnesses', String(number), name),
      replicaPort: await lab.ports.take(),
      sentinelPort: await lab.ports.take(),
    });
  }
  deployment.witnesses = witnesses;
}

/**
 * Starts a witness unless it runs. One that ends is started again by `start` with what it promised: its folder outlives
 * it. Throws when that is lost: a replica that forgot could promise otherwise.
 */
export async function startWitness(
  lab: Lab,
  deployment: Deployment,
  witness: Witness,
  { replicas, sentinels }: Pick<WitnessSettings, 'replicas' | 'sentinels'>,
  start: () => Promise<unknown>,
): Promise<CalledProcess<WitnessCalls>> {
  if (witness.process?.alive) return witness.process;
  if (hasForgotten(witness)) throw new Error(`${witness.name} is out for good: its folder ${witness.folder} is gone`);
  const { name, location, marker, folder, replicaPort, sentinelPort } = witness;
  const edgeUrl = `http://127.0.0.1:${await lab.network.controlPort()}/fail-over`;
  const settings: WitnessSettings = {
    ...{ name, marker, folder, replicaPort, sentinelPort, replicas, sentinels, edgeUrl },
    timing: DEFAULT_TIMING,
    standBackMs: witness.rank * STAND_BACK_MS,
  };
  witness.process = await CalledProcess.start<WitnessCalls>({
    ...{ script: 'lab/witness/main.js', marker, heapMb: HEAP_MB, settings },
    logFile: join(lab.home.path, 'logs', 'witnesses', `${name}.log`),
    region: location,
    what: 'witness in',
    onEnd: (how) => {
      lab.log(`${name} in ${location} ended (${how})`);
      const isMissing = () =>
        deployment.witnesses.includes(witness) && !witness.process?.alive && !hasForgotten(witness);
      void startAgain(lab, { marker, isMissing, start });
    },
  });
  return witness.process;
}

/** It ran before, and what it promised then is not there any more. */
function hasForgotten({ process, folder }: Witness): boolean {
  return process !== undefined && !existsSync(folder);
}

/** With the last database of a deployment its witnesses go. */
export async function stopWitnesses(deployment: Deployment): Promise<void> {
  const { witnesses } = deployment;
  deployment.witnesses = [];
  deployment.leases?.close();
  deployment.leases = undefined;
  await Promise.all(witnesses.map(({ marker }) => killMarked(marker)));
}
