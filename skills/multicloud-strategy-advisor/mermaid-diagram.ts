import type { Topology } from '../../contracts/topology';

function nodeId(region: string): string {
  return region.replaceAll('-', '_');
}

/** Which traffic a region takes, as the label of its arrow. */
function trafficLabel({ routing, primary }: Omit<Topology, 'diagram'>, region: string, usersPercent: number): string {
  switch (routing) {
    case 'failover':
      return region === primary ? 'all traffic' : 'when the others are lost';
    case 'latency':
    case 'geo':
      return `${usersPercent} % of users`;
    case 'weighted':
      return 'by weight';
  }
}

function trafficArrows(topology: Omit<Topology, 'diagram'>): string[] {
  return topology.regions.map(
    ({ region, usersPercent }) => `  edge -->|${trafficLabel(topology, region, usersPercent)}| ${nodeId(region)}`,
  );
}

function dataArrows({ mode, regions, primary }: Omit<Topology, 'diagram'>): string[] {
  const others = regions.filter(({ region }) => region !== primary);
  switch (mode) {
    case 'active-passive':
    case 'read-local':
      return others.map(({ region }) => `  ${nodeId(primary)} ==>|replicates| ${nodeId(region)}`);
    case 'active-active':
    case 'sharded':
      return [];
  }
}

/** Mermaid source of a topology: users, edge, regions with their roles, who replicates to whom. */
export function mermaidDiagram(topology: Omit<Topology, 'diagram'>): string {
  const nodes = topology.regions.map(
    ({ region, role, zones }) => `  ${nodeId(region)}["${region}: ${role}, ${zones} zones"]`,
  );
  return [
    'flowchart TD',
    '  users(["users"])',
    `  edge{{"edge: ${topology.routing} routing"}}`,
    ...nodes,
    '  users --> edge',
    ...trafficArrows(topology),
    ...dataArrows(topology),
    '',
  ].join('\n');
}
