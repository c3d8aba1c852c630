import type { DeploymentReport } from '../../../contracts/report';
import type { DrillResult } from '../../../contracts/validation';
import { formatCount, formatMs } from '../../format';
import { type Html, html } from '../html';

/** The failover drill: recovery time split into its phases, and what the writer lost. */
export function drillSection({ drill }: DeploymentReport): Html | undefined {
  if (!drill) return undefined;
  return html`<section id="drill"><h2>Failover drill <span class="tag ${drill.passed ? 'good' : 'bad'}">${
    drill.passed ? 'passed' : 'failed'
  }</span></h2>
<p class="soft">${drill.region} was taken down under a steady stream of numbered writes; ${drill.promoted} took over.</p>
<p>${drill.why}</p>
${phaseBar(drill)}
<dl>
<dt>Recovery time</dt><dd>${formatMs(drill.rtoMs)}, target ${formatMs(drill.rtoTargetMs)}</dd>
<dt>First write after the fault</dt><dd>${formatMs(drill.firstWriteMs)}</dd>
<dt>Protected again after</dt><dd>${
    drill.protectedAgainMs === undefined ? 'not yet when the report was written' : formatMs(drill.protectedAgainMs)
  }</dd>
<dt>Acknowledged writes lost</dt><dd>${formatCount(drill.acknowledgedWritesLost)} of ${formatCount(
    drill.acknowledgedWrites,
  )}; recovery point ${formatMs(drill.rpoMs)}, target ${formatMs(drill.rpoTargetMs)}</dd>
<dt>Lag reported before the fault</dt><dd>${formatMs(drill.reportedLagMs)}</dd>
<dt>Proof that the old primary is silent</dt><dd>${drill.fence.kind}, epoch ${drill.fence.epoch}: ${drill.fence.detail}</dd>
</dl></section>`;
}

function phaseBar({ phases, rtoMs }: DrillResult): Html {
  const total = Math.max(
    1,
    phases.reduce((sum, { ms }) => sum + ms, 0),
  );
  return html`<div class="phases" role="img" aria-label="phases of the recovery time of ${formatMs(rtoMs)}">${phases.map(
    ({ phase, ms }) => html`<i class="${phase}" style="width:${((100 * ms) / total).toFixed(2)}%"></i>`,
  )}</div>
<div class="legend">${phases.map(
    ({ phase, ms }) => html`<span><i class="swatch ${phase}"></i>${phase} ${formatMs(ms)}</span>`,
  )}</div>`;
}
