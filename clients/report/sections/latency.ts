import { locations } from '../../../catalog/locations';
import type { DeploymentReport } from '../../../contracts/report';
import { formatMs } from '../../format';
import { type Html, html } from '../html';

/** Latency per world location against the SLA; the bar ends at the slowest, the mark is the limit. */
export function latencySection({ latency, request, load, health }: DeploymentReport): Html | undefined {
  if (latency.length === 0 && !load && health.length === 0) return undefined;
  const { percentile, underMs, of } = request.latency;
  const scale = Math.max(underMs * 1.25, ...latency.map((row) => row.slaPercentileMs));
  return html`<section id="latency"><h2>Latency, load and health</h2>
<p class="soft">SLA: ${of}s at the ${percentile}th percentile under ${formatMs(underMs)}, on a warm connection.</p>
<div class="bars">${latency.map(
    (
      row,
    ) => html`<div>${cityOf(row.location)} <span class="soft small">by ${row.servedBy}, ${row.source}${row.decides === false && ', no users there'}</span></div>
<div class="track"><div class="fill ${row.decides === false ? 'skipped' : row.withinSla ? 'passed' : 'failed'}" style="left:0;width:${percent(
      row.slaPercentileMs,
      scale,
    )}"></div><div class="limit" style="left:${percent(underMs, scale)}"></div></div>
<div class="small">${formatMs(row.slaPercentileMs)} <span class="soft">p50 ${formatMs(row.p50Ms)}, ${row.samples} samples</span></div>`,
  )}</div>
${
  load &&
  html`<h3>Load</h3><p>${load.requests} requests in ${load.seconds} s (${load.requestsPerSecond} a second), ${load.failed} failed, p95 ${formatMs(load.p95Ms)}.</p>`
}
${health.length > 0 && healthTable(health)}</section>`;
}

function healthTable(health: DeploymentReport['health']): Html {
  return html`<h3>Health</h3><table class="stack"><thead><tr><th>Region</th><th>Service</th><th>State</th><th class="number">Tasks</th><th>Detail</th></tr></thead><tbody>
${health.map(
  (row) =>
    html`<tr><td class="keep">${row.region}</td><td>${row.service}</td><td><span class="tag ${
      row.healthy ? 'good' : 'bad'
    }">${row.healthy ? 'healthy' : 'unhealthy'}</span></td><td class="number" data-label="Tasks">${row.tasksHealthy} of ${row.tasksWanted}</td><td>${row.detail}</td></tr>`,
)}</tbody></table>`;
}

function cityOf(location: string): string {
  return locations.find(({ id }) => id === location)?.city ?? location;
}

function percent(value: number, whole: number): string {
  return `${Math.min(100, (100 * value) / whole).toFixed(2)}%`;
}
