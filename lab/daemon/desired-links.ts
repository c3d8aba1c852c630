import type { Link } from '../network/network-port';
import { type Deployment, deploymentKey, type Site, type Witness } from './lab-state';

/** What a link of the data plane leads to. */
export type LinkPurpose =
  | { kind: 'writer' | 'replication'; store: string }
  /** the control port of a keeper, a replica of the lease store, a sentinel */
  | { kind: 'keeper' | 'replica' | 'sentinel' };

/**
 * The links that the data plane of a deployment should have now. Between two regions they lead somewhere only while the
 * connectivity stacks of both ends open the way; between regions and witnesses always.
 */
export function desiredLinks(deployment: Deployment, rttMs: (from: string, to: string) => number): Link[] {
  const sites = [...deployment.sites.values()].filter(({ keeper }) => keeper);
  const { witnesses } = deployment;
  const link = (from: string, to: string, purpose: LinkPurpose, targetPort: number | undefined): Link => ({
    id: linkId(deployment, from, to, purpose),
    of: { application: deployment.application, environment: deployment.environment },
    ...placesOf(deployment, from, to),
    rttMs: rttMs(placeOf(deployment, from), placeOf(deployment, to)),
    ...(targetPort !== undefined && { targetPort }),
  });
  const between = sites.flatMap((from) =>
    sites.filter((to) => to !== from).flatMap((to) => regionLinks(deployment, from, to, link)),
  );
  const toWitnesses = [...sites.map(({ region }) => region), ...witnesses.map(({ name }) => name)].flatMap((from) =>
    witnesses.flatMap((witness) => witnessLinks(from, witness, link)),
  );
  const fromWitnesses = witnesses.flatMap(({ name }) =>
    sites.map(({ region, keeper }) => link(name, region, { kind: 'keeper' }, keeper?.port)),
  );
  return [...between, ...toWitnesses, ...fromWitnesses];
}

type MakeLink = (from: string, to: string, purpose: LinkPurpose, targetPort: number | undefined) => Link;

function regionLinks(deployment: Deployment, from: Site, to: Site, link: MakeLink): Link[] {
  const open = (port: number | undefined) => (isConnected(deployment, from.region, to.region) ? port : undefined);
  const control = link(from.region, to.region, { kind: 'keeper' }, open(to.keeper?.port));
  const stores = [...to.storePorts].flatMap(([store, ports]) => [
    link(from.region, to.region, { kind: 'writer', store }, open(ports.writer)),
    link(from.region, to.region, { kind: 'replication', store }, open(ports.replication)),
  ]);
  return [control, ...stores];
}

/** A witness reaches its own replica without a way in between. */
function witnessLinks(from: string, witness: Witness, link: MakeLink): Link[] {
  if (from === witness.name) return [];
  return [
    link(from, witness.name, { kind: 'replica' }, witness.replicaPort),
    link(from, witness.name, { kind: 'sentinel' }, witness.sentinelPort),
  ];
}

/** `from` and `to`: regions of the deployment, or names of its witnesses. */
export function linkId(deployment: Deployment, from: string, to: string, purpose: LinkPurpose): string {
  const what = 'store' in purpose ? `${purpose.store}/${purpose.kind}` : purpose.kind;
  return `${deploymentKey(deployment)}/${from}/${to}/${what}`;
}

/** Both ends must have opened the way, as both sides of a peering must have their routes. */
export function isConnected(deployment: Deployment, a: string, b: string): boolean {
  if (a === b) return true;
  return Boolean(deployment.sites.get(a)?.peers.has(b) && deployment.sites.get(b)?.peers.has(a));
}

function placeOf({ witnesses }: Deployment, name: string): string {
  return witnesses.find((witness) => witness.name === name)?.location ?? name;
}

function placesOf(deployment: Deployment, from: string, to: string): { from: string; to: string } {
  return { from: placeOf(deployment, from), to: placeOf(deployment, to) };
}
