import { type DatabaseSpec, databaseSpecSchema } from '../../contracts/region-spec';
import { TAG_STORE, TEMPLATE_METADATA } from '../../contracts/template-words';
import { type ResourceView, TemplateReadingError, type TemplateView } from './template-view';

/** How a database takes part in replication: CloudFormation has no property for any of it. */
const databaseMetadataSchema = databaseSpecSchema
  .pick({ replication: true, quorum: true, whenDegraded: true, promotable: true })
  .refine(
    ({ replication, quorum, whenDegraded }) =>
      replication === 'asynchronous' || (quorum !== undefined && whenDegraded !== undefined),
    'a synchronous database with quorum and whenDegraded',
  );

/** The databases of a data template, in the order in which it makes them. */
export function readDatabases(view: TemplateView): DatabaseSpec[] {
  return view.ofType('AWS::RDS::DBInstance').map((database) => readDatabase(view, database));
}

function readDatabase(view: TemplateView, database: ResourceView): DatabaseSpec {
  const store = database.tag(TAG_STORE);
  const engine = database.string('Properties.Engine');
  if (engine !== 'postgres') throw new TemplateReadingError(database.id, 'Properties.Engine', '"postgres"', engine);
  // SourceRegion stays for good: a database that was made as a copy cannot lose it without being made again
  const isCopy = database.has('Properties.SourceRegion');
  return {
    name: store,
    engine: 'postgresql',
    version: database.string(isCopy ? `Metadata.${TEMPLATE_METADATA}.version` : 'Properties.EngineVersion'),
    ...readLineage(view, database, store),
    instanceClass: database.string('Properties.DBInstanceClass'),
    storageGb: database.number('Properties.AllocatedStorage'),
    multiAz: database.boolean('Properties.MultiAZ'),
    // a copy inherits encryption: the key of its own region says that there is some
    encrypted: isCopy ? database.has('Properties.KmsKeyId') : database.boolean('Properties.StorageEncrypted'),
    ...readReplication(database),
    lagAlarmSeconds: readLagAlarm(view, database),
  };
}

/** A replica has a source. Of the others, the primary is the one to which its region's name for writing leads. */
function readLineage(
  view: TemplateView,
  database: ResourceView,
  store: string,
): Pick<DatabaseSpec, 'role' | 'sourceRegion' | 'copiedFrom'> {
  const origin = database.has('Properties.SourceRegion') ? database.string('Properties.SourceRegion') : undefined;
  if (database.has('Properties.SourceDBInstanceIdentifier')) {
    return { role: 'replica', ...(origin ? { sourceRegion: origin } : {}) };
  }
  const [zone] = view.ofType('AWS::Route53::HostedZone');
  const name = `${store}.${zone?.string('Properties.Name')}.`;
  const writer = view.ofType('AWS::Route53::RecordSet').find((record) => record.raw('Properties.Name') === name);
  if (!writer) throw new TemplateReadingError(database.id, 'name', `an AWS::Route53::RecordSet ${name}`);
  const isOwn = JSON.stringify(writer.raw('Properties.ResourceRecords')).includes(`"${database.id}"`);
  return { role: isOwn ? 'primary' : 'detached', ...(origin ? { copiedFrom: origin } : {}) };
}

function readReplication(
  database: ResourceView,
): Pick<DatabaseSpec, 'replication' | 'quorum' | 'whenDegraded' | 'promotable'> {
  const metadata = databaseMetadataSchema.safeParse(database.raw(`Metadata.${TEMPLATE_METADATA}`));
  if (metadata.success) return metadata.data;
  const [issue] = metadata.error.issues;
  const property = ['Metadata', TEMPLATE_METADATA, ...(issue?.path ?? [])].join('.');
  throw new TemplateReadingError(database.id, property, issue?.message ?? 'replication', database.raw(property));
}

function readLagAlarm(view: TemplateView, database: ResourceView): number {
  const alarm = view
    .ofType('AWS::CloudWatch::Alarm')
    .filter((candidate) => candidate.raw('Properties.MetricName') === 'ReplicaLag')
    .find((candidate) => candidate.first('Properties.Dimensions').refTarget('Value') === database.id);
  if (!alarm) throw new TemplateReadingError(database.id, 'alarm', 'an AWS::CloudWatch::Alarm on its ReplicaLag');
  return alarm.number('Properties.Threshold');
}
