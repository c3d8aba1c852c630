import type { DatabaseSpec } from '../../contracts/region-spec';
import { TAG_STORE, TEMPLATE_METADATA } from '../../contracts/template-words';
import { type ResourceView, TemplateReadingError, type TemplateView } from './template-view';

/** The databases of a data template, in the order in which it makes them. */
export function readDatabases(view: TemplateView): DatabaseSpec[] {
  return view.ofType('AWS::RDS::DBInstance').map((database) => readDatabase(view, database));
}

function readDatabase(view: TemplateView, database: ResourceView): DatabaseSpec {
  const isReplica = database.has('Properties.SourceDBInstanceIdentifier');
  const engine = database.string('Properties.Engine');
  if (engine !== 'postgres') throw new TemplateReadingError(database.id, 'Properties.Engine', '"postgres"', engine);
  return {
    name: database.tag(TAG_STORE),
    engine: 'postgresql',
    version: database.string(isReplica ? `Metadata.${TEMPLATE_METADATA}.version` : 'Properties.EngineVersion'),
    role: isReplica ? 'replica' : 'primary',
    ...(isReplica ? { sourceRegion: database.string('Properties.SourceRegion') } : {}),
    instanceClass: database.string('Properties.DBInstanceClass'),
    storageGb: database.number('Properties.AllocatedStorage'),
    multiAz: database.boolean('Properties.MultiAZ'),
    // a replica inherits encryption: the key of its own region says that there is some
    encrypted: isReplica ? database.has('Properties.KmsKeyId') : database.boolean('Properties.StorageEncrypted'),
    replication: readReplication(database),
    lagAlarmSeconds: readLagAlarm(view, database),
  };
}

function readReplication(database: ResourceView): DatabaseSpec['replication'] {
  const property = `Metadata.${TEMPLATE_METADATA}.replication`;
  const value = database.string(property);
  if (value === 'asynchronous' || value === 'synchronous') return value;
  throw new TemplateReadingError(database.id, property, 'asynchronous or synchronous', value);
}

function readLagAlarm(view: TemplateView, database: ResourceView): number {
  const alarm = view
    .ofType('AWS::CloudWatch::Alarm')
    .filter((candidate) => candidate.raw('Properties.MetricName') === 'ReplicaLag')
    .find((candidate) => candidate.first('Properties.Dimensions').refTarget('Value') === database.id);
  if (!alarm) throw new TemplateReadingError(database.id, 'alarm', 'an AWS::CloudWatch::Alarm on its ReplicaLag');
  return alarm.number('Properties.Threshold');
}
