/** Names of the roles and secrets of one store; a standby is a copy, so they are the same in every region. */
export interface StoreCredentials {
  administratorPassword: string;
  applicationPassword: string;
}

export const ADMINISTRATOR = 'postgres';
export const REPLICATOR = 'replicator';
export const APPLICATION = 'application';

/** In every data folder: what a standby shows, and what its primary compares that with. Backups do not hold them. */
export const REPLICATOR_FILES = { certificate: 'replicator.crt', key: 'replicator.key' } as const;

/** A standby asks for its primary again this often; the default (5 s) would be slept out by every promotion. */
const RETRY_MS = 100;

/**
 * `postgresql.conf` of every database of the lab: small, TLS, and fit for failover. `restart_after_crash` is off
 * because a database whose backend was killed must not come back on its own behind a fence;
 * `track_commit_timestamp` is what the lag is computed from.
 */
export const POSTGRESQL_CONF = `
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
ssl = on
ssl_cert_file = 'server.crt'
ssl_key_file = 'server.key'
ssl_ca_file = '${REPLICATOR_FILES.certificate}'
password_encryption = 'scram-sha-256'
shared_buffers = 16MB
max_connections = 200
io_method = sync
jit = off
max_worker_processes = 2
max_logical_replication_workers = 0
autovacuum_max_workers = 1
wal_level = replica
max_wal_senders = 40
wal_keep_size = 256MB
hot_standby = on
restart_after_crash = off
track_commit_timestamp = on
wal_retrieve_retry_interval = ${RETRY_MS}ms
wal_sender_timeout = 5s
wal_receiver_timeout = 5s
wal_receiver_status_interval = 1s
recovery_target_timeline = 'latest'
log_line_prefix = '%m [%p] '
log_timezone = 'UTC'
timezone = 'UTC'
`;

/**
 * `pg_hba.conf`: TLS and a password, from this machine only; standbys show their certificate instead, which saves two
 * round trips of a link on the way to the first synchronous commit after a move.
 */
export const PG_HBA_CONF = `
hostssl all all 127.0.0.1/32 scram-sha-256
hostssl replication ${REPLICATOR} 127.0.0.1/32 cert
`;

/**
 * First line of `postgresql.auto.conf` of a database that is being made: while it is, nothing has to survive the
 * machine, and syncing a thousand fresh files is most of the time that it would take.
 */
export const FSYNC_OFF = 'fsync = off\n';

export interface UpstreamSettings {
  /** loopback port of the link that leads to the primary */
  port: number;
  region: string;
  caFile: string;
}

/** In `postgresql.auto.conf` of a standby: follows whatever primary its link leads to. */
export function standbyConf({ port, region, caFile }: UpstreamSettings): string {
  const conninfo = [
    `host=127.0.0.1 port=${port} user=${REPLICATOR} application_name=${region}`,
    `sslmode=verify-full sslnegotiation=direct sslrootcert=${caFile} sslcert=${REPLICATOR_FILES.certificate} sslkey=${REPLICATOR_FILES.key}`,
    'connect_timeout=5 tcp_user_timeout=5000 keepalives_idle=5 keepalives_interval=1 keepalives_count=3',
  ].join(' ');
  return `primary_conninfo = '${conninfo}'\n`;
}
