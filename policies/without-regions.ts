import type { Topology } from '../contracts/topology';

/**
 * A topology with regions left out: their cost goes, the rest stays as it was measured. The modelled latency is still
 * that of all regions; what users see is measured in step 4.
 */
export function withoutRegions(topology: Topology, without: readonly string[]): Topology {
  const regions = topology.regions.filter(({ region }) => !without.includes(region));
  const lines = topology.cost.lines.filter(({ region }) => !without.includes(region));
  const usdPerMonth = lines.reduce((sum, line) => sum + line.usdPerMonth, 0);
  const survivesRegionLoss = topology.survivesRegionLoss && regions.length > 1;
  return { ...topology, regions, cost: { ...topology.cost, lines, usdPerMonth }, survivesRegionLoss };
}
