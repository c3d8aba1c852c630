import type { Approval } from '../../../contracts/approval';
import type { DeploymentPlan } from '../../../contracts/plan';
import type { DeploymentReport } from '../../../contracts/report';
import { nothingToDo } from '../../../policies/nothing-to-do';
import { replicationInBrief, replicationWords } from '../../../policies/replication-words';
import { formatTime, plural, shortDigest } from '../../format';
import {
  addedRegions,
  broadened,
  CHANGE_SYMBOL,
  changeWords,
  costWords,
  countWords,
  dangers,
  valueWords,
} from '../../plan-words';
import { type Html, html } from '../html';

/** What was approved, by whom, and how it would be undone. */
export function planSection({ plan, approvals, request }: DeploymentReport): Html | undefined {
  if (!plan && approvals.length === 0) return undefined;
  return html`<section id="plan"><h2>Plan and approvals</h2>
${plan && html`<p class="soft">Digest <code>${shortDigest(plan.digest)}</code> · canary ${plan.rollout.canary} · ${plural(plan.rollout.waves.length, 'wave')} · ${plan.rollout.reason}</p>${summary(plan, request.budget.usdPerMonth)}`}
${approvals.length > 0 && approvalTable(approvals)}
${plan && planDetails(plan)}</section>`;
}

function approvalTable(approvals: Approval[]): Html {
  return html`<table class="stack"><thead><tr><th>Gate</th><th>State</th><th>By</th><th>When</th><th>Digest</th><th>Comment</th></tr></thead><tbody>
${approvals.map(
  (
    approval,
  ) => html`<tr><td>${approval.gate}</td><td class="keep"><span class="tag ${approvalTone(approval.state)}">${approval.state}</span></td>
<td data-label="By">${approval.decidedBy} ${approval.decidedBy && html`<span class="soft small">${approval.verified ? 'verified' : 'unverified'}</span>`}</td>
<td data-label="When">${approval.decidedAt && formatTime(approval.decidedAt)}</td><td data-label="Digest"><code>${shortDigest(approval.digest)}</code></td><td>${approval.comment}</td></tr>`,
)}</tbody></table>`;
}

function approvalTone(state: Approval['state']): 'good' | 'bad' | 'warn' | 'calm' {
  switch (state) {
    case 'approved':
      return 'good';
    case 'rejected':
    case 'expired':
    case 'void':
      return 'bad';
    case 'waiting':
      return 'warn';
    case 'not-required':
      return 'calm';
  }
}

/** What a person has to know before saying yes; none of it is folded away. */
function summary(plan: DeploymentPlan, budgetUsdPerMonth: number): Html {
  const added = addedRegions(plan);
  const leaving = plan.removals.map(({ region }) => region);
  return html`<p><b>${nothingToDo(plan) ? 'Nothing to do' : countWords(plan)}</b> · ${costWords(plan, budgetUsdPerMonth)}</p>
${added.length > 0 && html`<p><span class="tag good">new</span> ${added.join(', ')}</p>`}
${leaving.length > 0 && html`<p><span class="tag bad">leaves</span> ${leaving.join(', ')} <span class="soft">drained first, destroyed last</span></p>`}
${dangers(plan).map((line) => html`<p><span class="tag bad">danger</span> ${line}</p>`)}
${broadened(plan).map((line) => html`<p><span class="tag warn">becomes wider</span> ${line}</p>`)}`;
}

function planDetails(plan: DeploymentPlan): Html {
  return html`${plan.changes.map(
    ({
      ref,
      changes,
    }) => html`<details><summary>${ref.region} · ${ref.kind} <span class="soft">${plural(changes.length, 'change')}</span></summary>
<table><tbody>${changes.map(
      (change) =>
        html`<tr><td class="mono ${change.action}">${CHANGE_SYMBOL[change.action]}</td><td>${change.resource}</td><td class="soft">${change.type}</td><td class="small">${changeWords(change)}${valueWords(change).map((value) => html`<br><span class="soft">${value}</span>`)}</td></tr>`,
    )}</tbody></table></details>`,
  )}
${plan.removals.map(({ region, stacks }) => destroyed(`${region} leaves`, stacks))}
${plan.dangling.length > 0 && destroyed('Not needed any more', plan.dangling)}
${replication(plan)}
${plan.findings.length > 0 && findings(plan)}
${lines('Irreversible', plan.irreversible)}
${lines('How it would be undone', plan.inverse)}
${lines('Data migration hooks', plan.rollout.migration)}`;
}

function destroyed(what: string, stacks: DeploymentPlan['dangling']): Html {
  return html`<details><summary>${what} <span class="soft">${plural(stacks.length, 'stack')}</span></summary>
<table><tbody>${stacks.map(
    ({ ref, resources }) =>
      html`<tr><td class="mono delete">-</td><td>${ref.region} · ${ref.kind}</td><td class="soft">${ref.name}</td><td class="small">${plural(resources, 'resource')}</td></tr>`,
  )}</tbody></table></details>`;
}

function replication({ replication: { stores } }: DeploymentPlan): Html[] {
  return stores.map(
    (
      store,
    ) => html`<details><summary>Replication of ${store.store} <span class="soft">${store.engine}, ${replicationInBrief(store.mode)}</span></summary>${replicationWords(store).map((line) => html`<p>${line}</p>`)}<dl>
<dt>Primary</dt><dd>${store.primary}</dd><dt>Replicas</dt><dd>${store.replicas.join(', ')}</dd>
<dt>Lag threshold</dt><dd>${store.lagThresholdMs} ms</dd><dt>Conflicts</dt><dd>${store.conflicts}</dd><dt>Capability</dt><dd>${store.capability}</dd></dl></details>`,
  );
}

function findings(plan: DeploymentPlan): Html {
  return html`<details><summary>Security findings <span class="soft">${plan.findings.length}</span></summary><table class="stack"><tbody>
${plan.findings.map(
  (finding) =>
    html`<tr><td class="keep"><span class="tag ${finding.severity === 'high' ? 'bad' : 'calm'}">${finding.severity}</span></td><td><code>${finding.rule}</code></td><td>${finding.where}</td><td>${finding.message} <span class="soft">${finding.fix}</span></td></tr>`,
)}</tbody></table></details>`;
}

function lines(title: string, items: string[]): Html | undefined {
  if (items.length === 0) return undefined;
  return html`<details><summary>${title} <span class="soft">${items.length}</span></summary><ol>${items.map((item) => html`<li>${item}</li>`)}</ol></details>`;
}
