import type { RegionRole } from '../../contracts/region';
import type { Routing, TopologyMode } from '../../contracts/topology';

/** How regions work together. */
export interface Style {
  mode: TopologyMode;
  routing: Routing;
}

/** A topology before it is measured and priced. The first region takes the writes, the others in order of succession. */
export interface Placement extends Style {
  regions: Array<{ region: string; role: RegionRole }>;
}
