import type { DeploymentReport } from '../../../contracts/report';
import { type Html, html } from '../html';

/** Every judgement: who made it, why, and what was not chosen. */
export function decisionsSection({ decisions, proposals = [], failure }: DeploymentReport): Html | undefined {
  if (decisions.length === 0) return undefined;
  return html`<section id="decisions"><h2>Decisions</h2>
<table class="stack"><thead><tr><th>Step</th><th>About</th><th>Chosen</th><th>Why</th><th>By</th></tr></thead><tbody>
${decisions.map(
  (
    decision,
  ) => html`<tr><td class="keep">${decision.step}</td><td>${decision.about}</td><td><b>${decision.choice}</b></td>
<td>${decision.reason}${
    decision.alternatives.length > 0 && html`<div class="soft small">Also: ${decision.alternatives.join('; ')}</div>`
  }</td><td class="keep" data-label="Decided by">${decision.decidedBy}${
    decision.model && html` <span class="soft small">${decision.model}</span>`
  }</td></tr>`,
)}</tbody></table>
${
  // After a failure they are among the next steps.
  !failure &&
  proposals.length > 0 &&
  html`<h3>Proposed</h3><ul>${proposals.map((proposal) => html`<li>${proposal}</li>`)}</ul>`
}</section>`;
}
