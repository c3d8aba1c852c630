import {
  ListHostedZonesByNameCommand,
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsCommandInput,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { callsTo } from './aws-call';
import { type AwsClients, GLOBAL_REGION } from './clients';

/** One answer that Route 53 may give for a hostname. */
export interface PublicRecord {
  account: string;
  /** the region it leads to; for a record that Meridian did not make, what it answers with */
  region: string;
  routing: 'failover' | 'weighted' | 'latency' | 'geo' | 'simple';
  weight: number;
  healthCheckId?: string;
}

/**
 * The records of a hostname in the public zones of all accounts, in the order in which failover takes them. Further
 * links of a failover chain belong to their hostname. Empty when nothing is published under it.
 */
export async function publicRecords(clients: AwsClients, hostname: string): Promise<PublicRecord[]> {
  const byAccount = clients.accounts.map(async (account) => {
    const zones = await zonesOf(clients, account, hostname);
    const sets = await Promise.all(zones.map((zone) => recordSets(clients, account, zone, hostname)));
    return sets.flat().map((set) => publicRecord(account, set));
  });
  return (await Promise.all(byAccount)).flat();
}

/** Ids of the public zones that answer for a hostname: of the longest name that is its end. */
async function zonesOf(clients: AwsClients, account: string, hostname: string): Promise<string[]> {
  const labels = hostname.split('.');
  for (let first = 0; first < labels.length - 1; first += 1) {
    const found = await zonesNamed(clients, account, `${labels.slice(first).join('.')}.`, 'public');
    if (found.length > 0) return found;
  }
  return [];
}

/** Ids of the zones of exactly this name, which ends in a dot. */
export async function zonesNamed(
  clients: AwsClients,
  account: string,
  name: string,
  kind: 'public' | 'private',
): Promise<string[]> {
  const call = callsTo(clients, { account, region: GLOBAL_REGION });
  const { HostedZones = [] } = await call(
    clients.route53(account).send(new ListHostedZonesByNameCommand({ DNSName: name, MaxItems: 100 })),
  );
  return HostedZones.filter(
    (zone) => zone.Name === name && (zone.Config?.PrivateZone === true) === (kind === 'private'),
  ).map(({ Id = '' }) => Id.replace('/hostedzone/', ''));
}

/** Route 53 sorts by the labels from the right, so that a name is followed by the names below it. */
async function recordSets(
  clients: AwsClients,
  account: string,
  zone: string,
  hostname: string,
): Promise<ResourceRecordSet[]> {
  const call = callsTo(clients, { account, region: GLOBAL_REGION });
  const found: ResourceRecordSet[] = [];
  let from: Partial<ListResourceRecordSetsCommandInput> | undefined = { StartRecordName: `${hostname}.` };
  while (from) {
    const page: Awaited<ReturnType<typeof list>> = await list(from);
    const sets = page.ResourceRecordSets ?? [];
    found.push(...sets.filter(({ Name = '' }) => linkOf(Name, hostname) !== undefined));
    const isPast = sets.some(({ Name = '' }) => !`.${Name}`.endsWith(`.${hostname}.`));
    from =
      page.IsTruncated && !isPast
        ? {
            StartRecordName: page.NextRecordName,
            StartRecordType: page.NextRecordType,
            StartRecordIdentifier: page.NextRecordIdentifier,
          }
        : undefined;
  }
  const leads = found.filter((set) => !isNextLink(set, hostname) && (set.Type === 'A' || set.Type === 'CNAME'));
  return leads.sort((a, b) => place(a, hostname) - place(b, hostname));

  function list(start: Partial<ListResourceRecordSetsCommandInput>) {
    return call(clients.route53(account).send(new ListResourceRecordSetsCommand({ HostedZoneId: zone, ...start })));
  }
}

/** 0 for the hostname itself, the number of the link for `chain-N.<hostname>`, undefined for any other name. */
function linkOf(name: string, hostname: string): number | undefined {
  if (name === `${hostname}.`) return 0;
  const link = /^chain-(\d+)\.(.+)\.$/.exec(name);
  return link?.[2] === hostname ? Number(link[1]) : undefined;
}

/** A record of the chain that only leads on to the next link. */
function isNextLink({ AliasTarget }: ResourceRecordSet, hostname: string): boolean {
  return linkOf(AliasTarget?.DNSName ?? '', hostname) !== undefined;
}

function place({ Name = '', Failover }: ResourceRecordSet, hostname: string): number {
  return (linkOf(Name, hostname) ?? 0) * 2 + (Failover === 'SECONDARY' ? 1 : 0);
}

function publicRecord(account: string, set: ResourceRecordSet): PublicRecord {
  const answers = set.AliasTarget?.DNSName ?? set.ResourceRecords?.[0]?.Value ?? 'nothing';
  return {
    account,
    region: set.SetIdentifier ?? answers,
    routing: routingOf(set),
    weight: set.Weight ?? 0,
    ...(set.HealthCheckId && { healthCheckId: set.HealthCheckId }),
  };
}

function routingOf({ Failover, Weight, Region, GeoProximityLocation }: ResourceRecordSet): PublicRecord['routing'] {
  if (Failover) return 'failover';
  if (Weight !== undefined) return 'weighted';
  if (Region) return 'latency';
  return GeoProximityLocation ? 'geo' : 'simple';
}
