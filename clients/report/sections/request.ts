import type { DeploymentReport } from '../../../contracts/report';
import { formatMs, formatUsd } from '../../format';
import { type Html, html } from '../html';

/** What was asked for, in the words of the request. */
export function requestSection({ request }: DeploymentReport): Html {
  const { users, latency, compliance, recovery, services, dataStores, notes } = request;
  return html`<section id="request"><h2>What was asked for</h2><dl>
<dt>Hostname</dt><dd>${request.hostname}</dd>
<dt>Users</dt><dd>${users.map(({ area, share }) => `${area} ${share} %`).join(', ')}</dd>
<dt>Latency</dt><dd>${latency.of}s under ${formatMs(latency.underMs)} at the ${latency.percentile}th percentile</dd>
<dt>Recovery</dt><dd>within ${formatMs(recovery.rtoSeconds * 1_000)}, losing at most ${formatMs(recovery.rpoSeconds * 1_000)} of writes</dd>
<dt>Compliance</dt><dd>${[...compliance.frameworks, ...compliance.residency.map((place) => `${place} residency`)].join(', ') || 'none'}</dd>
<dt>Budget</dt><dd>${formatUsd(request.budget.usdPerMonth)} a month</dd>
<dt>Services</dt><dd>${services.map(({ name, image, tasks }) => `${name} (${image}, ${tasks} tasks)`).join(', ')}</dd>
<dt>Data stores</dt><dd>${dataStores.map(({ name, engine, strategy, consistency }) => `${name} (${engine}, ${strategy}, ${consistency})`).join(', ') || 'none'}</dd>
${notes && html`<dt>Notes</dt><dd>${notes}</dd>`}
</dl></section>`;
}
