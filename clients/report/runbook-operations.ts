import type { PlatformKind } from '../../contracts/region';

/** What the steps that Meridian itself carries out are named with. */
export interface OperatedNames {
  /** application/environment, as every command takes it */
  name: string;
  primary: string;
  /** takes over first */
  successor: string;
  platform: PlatformKind;
}

/** Where writes are never moved as planned: RDS replicas are promoted after the old instance was fenced. */
export function movePlannedOnAwsStep({ name, primary, successor }: OperatedNames): string {
  return `## Move the writes as planned

RDS cannot hand writes over: they are moved by a promotion. ${primary} is fenced first, which restarts it, and stays out;
writes wait for minutes, and what was not replicated is lost. In an hour with few writes, before work on ${primary}:

\`\`\`
meridian promote-region ${name} ${successor} --reason "maintenance of ${primary}"
\`\`\``;
}

/** For work on the primary region that was announced. */
export function switchOverStep({ name, primary, successor }: OperatedNames): string {
  return `## Move the writes as planned

Nothing is lost; writes are held for a moment. Before work on ${primary}:

\`\`\`
meridian switchover ${name} ${successor} --reason "maintenance of ${primary}"
\`\`\`

The same command with \`${primary}\` moves them back.`;
}

export function drainStep({ name, successor }: OperatedNames): string {
  return `## Take a region out, and return it

Users go to the other regions; the data of the region goes on replicating:

\`\`\`
meridian drain ${name} ${successor} --reason "work on ${successor}"
meridian undrain ${name} ${successor}
\`\`\``;
}

/** The unplanned change of the primary. */
export function promoteRegionStep({ name, primary, successor }: OperatedNames): string {
  return `## ${primary} is lost: promote ${successor}

Where the platform keeps a lease it may have failed over by itself. Look, and take it over into the record:

\`\`\`
meridian failovers ${name}
meridian failovers ${name} --record
\`\`\`

If it has not, promote. ${primary} is fenced first; what it did not replicate is lost:

\`\`\`
meridian promote-region ${name} ${successor} --reason "${primary} is lost"
\`\`\`

If nobody can prove that ${primary} has stopped, this ends without promoting anything. To go on is the decision of a
named person, with an end (a day at most), because two regions may take writes until then:

\`\`\`
meridian promote-region ${name} ${successor} --accept-risk "the provider confirms that ${primary} has no power" --until +1h
\`\`\``;
}

export function rejoinStep({ name, primary }: OperatedNames): string {
  return `## ${primary} is back: rejoin it

Its old data is compared with the present primary, rows that only it holds are saved, then it is made anew:

\`\`\`
meridian rejoin ${name} ${primary}
\`\`\`

Until then nothing is deployed, and one region fewer can take over.`;
}

/** Where a primary that was replaced cannot become a standby again. */
export function comeAgainStep({ primary, successor }: OperatedNames): string {
  return `## ${primary} is back: let it leave, and come again

RDS cannot make the old instance of ${primary} a replica. Add \`excluded: [${primary}]\` to \`regions\` of the request, as
well as every region whose replica followed ${primary}, and deploy it: their stacks are destroyed, a snapshot of the old
data stays. Then deploy the request as it was: they are made anew, as replicas of ${successor}.

\`\`\`
meridian deploy request.yaml
\`\`\`

Until then every other change is refused, and one region fewer can take over.`;
}

/** When there is nothing left that could be promoted, or when what is there is wrong. */
export function restoreStep({ name, primary, successor, platform }: OperatedNames): string {
  const afterRestore =
    platform === 'aws'
      ? 'RDS restores into a new instance beside the old one: the report says how to take it into the stack and lead writes to it.'
      : 'The other regions are made anew from the restored one; the report says how long it took and up to when data came back.';
  const elsewhere =
    successor === primary
      ? ''
      : `\n\nIn ${successor} instead, when ${primary} does not come back: the same with its name.`;
  return `## All data is lost, or wrong: restore

A region that lives and holds a copy is promoted instead: it holds more than any backup. What is there, whether it was
ever restored, and what is lost if everything is lost now:

\`\`\`
meridian backups ${name}
\`\`\`

All databases are gone: restore the newest proven backup and all that was archived after it:

\`\`\`
meridian restore ${name} ${primary} --reason "all databases are lost"
\`\`\`${elsewhere}

Data was destroyed by mistake: turn back to the moment before, in UTC. The databases are stopped; what was written since
is lost:

\`\`\`
meridian restore ${name} ${primary} --to-time 2026-01-01T00:00:00Z --replace --reason "rows were deleted by mistake" # the moment before
\`\`\`

${afterRestore}
Then take a new backup:

\`\`\`
meridian backups ${name} --take
\`\`\``;
}
