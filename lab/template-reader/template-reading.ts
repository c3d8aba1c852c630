import type { DatabaseSpec, NetworkSpec, RegionSpec, ServiceSpec, TrafficSpec } from '../../contracts/region-spec';

/** What one rendered stack template says, read back into the words of RegionSpec. */
export type TemplateReading =
  | {
      kind: 'base';
      application: string;
      environment: string;
      region: string;
      role: RegionSpec['role'];
      network: NetworkSpec;
      services: ServiceSpec[];
      tls: boolean;
    }
  | { kind: 'connectivity'; region: string; peerings: RegionSpec['peerings'] }
  | { kind: 'data'; region: string; databases: DatabaseSpec[] }
  | { kind: 'traffic'; traffic: TrafficSpec };
