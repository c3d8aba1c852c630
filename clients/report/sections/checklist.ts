import type { DeploymentReport } from '../../../contracts/report';
import { CHECKLIST_ITEMS, type ChecklistEntry } from '../../../contracts/validation';
import { formatTime } from '../../format';
import { type Html, html } from '../html';

const TONE: Record<ChecklistEntry['status'], 'good' | 'bad' | 'warn' | 'calm'> = {
  passed: 'good',
  failed: 'bad',
  modelled: 'warn',
  'not-measured': 'calm',
};

/** Always ten rows in the order of the list: a check nobody reported is shown as not measured, never left out. */
export function checklistSection({ checklist, modelled }: DeploymentReport): Html {
  return html`<section id="checks"><h2>The ten checks</h2>
<p class="soft">Passed means measured. A calculation is called modelled; the source says who answered.</p>
<table class="stack"><thead><tr><th>Check</th><th>Result</th><th>Source</th><th>Evidence</th></tr></thead><tbody>
${CHECKLIST_ITEMS.map((item) => row(checklist.find((entry) => entry.item === item) ?? missing(item)))}
</tbody></table>
${
  modelled.length > 0 &&
  html`<h3>What the target platform’s own facts predict</h3><ul>${modelled.map((line) => html`<li>${line}</li>`)}</ul>`
}
</section>`;
}

function missing(item: ChecklistEntry['item']): ChecklistEntry {
  return { item, status: 'not-measured', evidence: [] };
}

function row({ item, status, source, evidence }: ChecklistEntry): Html {
  return html`<tr><td>${item}</td><td class="keep"><span class="tag ${TONE[status]}">${status}</span></td>
<td class="keep" data-label="Source">${source}</td><td>${evidence.map(
    ({ measured, at }, index) =>
      html`<div>${measured}${at !== evidence[index + 1]?.at && html` <span class="soft small keep">${formatTime(at)}</span>`}</div>`,
  )}</td></tr>`;
}
