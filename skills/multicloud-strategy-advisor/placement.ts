import type { RegionRole } from '../../contracts/region';
import type { Routing, TopologyMode } from '../../contracts/topology';

/** A topology before it is measured and priced. The first region takes the writes, the others in order of succession. */
export interface Placement {
  mode: TopologyMode;
  routing: Routing;
  regions: Array<{ region: string; role: RegionRole }>;
}
