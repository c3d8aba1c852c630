import type { DeploymentReport } from '../../../contracts/report';
import type { Topology } from '../../../contracts/topology';
import { formatMs, formatUsd } from '../../format';
import { type Html, html, trusted } from '../html';
import { mermaidSvg } from '../mermaid-svg';
import { worldMap } from '../world-map';

/** Where it runs and why: the map, the regions, the diagram. */
export function topologySection(report: DeploymentReport): Html | undefined {
  const { topology } = report;
  if (!topology) return undefined;
  const { percentile, modelledMs, withinSlaPercent } = topology.latency;
  return html`<section id="topology"><h2>Topology</h2>
<p class="soft">${topology.mode}, routed by ${topology.routing}, ${formatUsd(topology.cost.usdPerMonth)} a month. Modelled latency ${formatMs(modelledMs)} at the ${percentile}th percentile; ${withinSlaPercent} % of users within the SLA.</p>
${worldMap(report)}
<table class="stack"><thead><tr><th></th><th>Region</th><th>Role</th><th>Law</th><th class="number">Zones</th><th class="number">Users</th><th>Why</th></tr></thead><tbody>
${topology.regions.map(
  (
    region,
    index,
  ) => html`<tr><td><span class="dot" style="background:var(--${region.role})">${index + 1}</span></td><td class="keep"><b>${region.region}</b></td><td data-label="Role">${region.role}</td>
<td data-label="Law">${region.jurisdiction}</td><td class="number" data-label="Zones">${region.zones}</td><td class="number" data-label="Users">${region.usersPercent} %</td><td>${region.why}</td></tr>`,
)}</tbody></table>
${diagram(topology)}</section>`;
}

function diagram({ diagram: source }: Topology): Html {
  const svg = mermaidSvg(source);
  return html`${svg && html`<h3>Diagram</h3><div class="diagram scroll">${trusted(svg)}</div>`}
<details${!svg && trusted(' open')}><summary>Diagram source (Mermaid)</summary><pre>${source}</pre></details>`;
}
