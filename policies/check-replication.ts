import { capability } from '../catalog/capabilities';
import type { DataStoreRequest, DeploymentRequest, RequestProblem } from '../contracts/request';
import { replicationMode } from './replication-mode';
import { asksForOneRegion } from './residency';
import { standbysAskedFor } from './standbys-asked-for';
import { openModes } from './topology-mode';

/** Seed 004 step 3: what no replication of this engine, on this platform and over so many regions, can keep. */
export function checkReplication(store: DataStoreRequest, at: string, request: DeploymentRequest): RequestProblem[] {
  const row = capability(store.engine, request.platform);
  if (!row || (asksForOneRegion(request) && store.replication !== 'synchronous')) return [];
  const { rpoSeconds } = request.recovery;
  const standbys = mostStandbys(request);
  const standbyRttsMs = new Array<number>(standbys).fill(0);
  const mode = replicationMode({ store, rpoSeconds, capability: row, standbyRttsMs });
  switch (mode.kind) {
    case 'synchronous':
      return [];
    case 'asynchronous':
      return asynchronousProblems(store, at);
    case 'unsatisfiable':
      return [{ ...blamed(), valid: mode.alternatives.join(', or ') }];
  }

  /** The field that asks for it, the most particular first. */
  function blamed(): Pick<RequestProblem, 'field' | 'received'> {
    const why = mode.kind === 'unsatisfiable' ? mode.reason : '';
    if (row?.synchronous && store.quorum !== undefined && store.quorum > standbys)
      return { field: `${at}.quorum`, received: `${store.quorum} (${why})` };
    if (row?.synchronous && store.whenDegraded === 'block')
      return { field: `${at}.whenDegraded`, received: `"block" (${why})` };
    if (store.replication === 'synchronous') return { field: `${at}.replication`, received: `"synchronous" (${why})` };
    return { field: 'recovery.rpoSeconds', received: `${rpoSeconds} (${why})` };
  }
}

/** What is said about waiting for standbys, where no commit waits: it would be ignored, so it is not accepted. */
function asynchronousProblems({ quorum, whenDegraded }: DataStoreRequest, at: string): RequestProblem[] {
  const why = 'while the store replicates asynchronously, and no write waits for a standby';
  const valid = 'leave it out, or replication: synchronous where the engine has it';
  return [
    ...(quorum === undefined ? [] : [{ field: `${at}.quorum`, received: `${quorum} ${why}`, valid }]),
    // a request that is on record from before the field existed says nothing
    ...(whenDegraded === 'block' || whenDegraded === 'continue'
      ? [{ field: `${at}.whenDegraded`, received: `"${whenDegraded}" ${why}`, valid }]
      : []),
  ];
}

/** Regions that may take over, at most: all but the primary; with read-replicas no more than are asked for. */
function mostStandbys(request: DeploymentRequest): number {
  const { wanted, max } = request.regions;
  const others = (wanted.length > 0 ? wanted.length : max) - 1;
  return openModes(request).every((mode) => mode === 'read-local')
    ? Math.min(standbysAskedFor(request), others)
    : others;
}
