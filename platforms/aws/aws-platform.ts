import type { Platform } from '../platform';
import { awsBackups } from './aws-backups';
import { createAwsData } from './aws-data';
import { createAwsFaults } from './aws-faults';
import { createAwsProbes } from './aws-probes';
import { createAwsTraffic } from './aws-traffic';
import { type AwsClientOptions, createAwsClients } from './clients';
import { awsStacks } from './stacks';

export interface AwsPlatformOptions extends AwsClientOptions {
  /** the bucket for templates over 51,200 bytes; without it one is made per account and region */
  templateBucket: string | undefined;
}

/** AWS, or a test cloud in its place: what is measured there is called `emulator`, never `aws`. */
export function createAwsPlatform(options: AwsPlatformOptions): Platform & { close(): void } {
  const clients = createAwsClients(options);
  const source = isAws(options.endpoint) ? 'aws' : 'emulator';
  return {
    kind: 'aws',
    source,
    stacks: awsStacks(clients, options),
    data: createAwsData({ clients }),
    backups: awsBackups(clients),
    traffic: createAwsTraffic({ clients }),
    probes: createAwsProbes({ clients, source }),
    faults: createAwsFaults(),
    close: () => clients.destroy(),
  };
}

function isAws(endpoint: string | undefined): boolean {
  return endpoint === undefined || /\.amazonaws\.com(\.cn)?$/.test(new URL(endpoint).hostname);
}
