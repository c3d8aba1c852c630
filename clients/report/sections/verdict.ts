import type { DeploymentReport, FailureAnalysis, Verdict } from '../../../contracts/report';
import { CHECKLIST_ITEMS } from '../../../contracts/validation';
import { kindWords, whoSays } from '../../explanation-words';
import { formatCount, formatMs, formatTime, formatUsd } from '../../format';
import { formatTokenUsd } from '../../ledger-words';
import { type Html, html } from '../html';

const TONE: Record<Verdict, 'good' | 'warn' | 'bad'> = {
  promoted: 'good',
  blocked: 'warn',
  'rolled-back': 'bad',
  failed: 'bad',
};

/** The head of the page: what was asked, how it ended, and the numbers people look for first. */
export function verdictHeader(report: DeploymentReport): Html {
  const { application, environment, platform } = report.request;
  return html`<header class="top" id="verdict">
<p class="soft small">Meridian deployment report · generation ${report.generation} · platform ${platform}</p>
<h1>${application} in ${environment} <span class="tag verdict ${TONE[report.verdict]}">${report.verdict}</span></h1>
<p class="lead">${report.summary}</p>
<p class="soft small">${formatTime(report.startedAt)} to ${formatTime(report.endedAt)}</p>
<div class="figures">${figures(report).map(
    ([value, label]) => html`<div class="figure"><b>${value}</b><span>${label}</span></div>`,
  )}</div>
</header>`;
}

function figures({ checklist, drill, cost, request, ledger, timing }: DeploymentReport): Array<[string, string]> {
  const passed = checklist.filter((entry) => entry.status === 'passed').length;
  const rows: Array<[string, string]> = [[`${passed} of ${CHECKLIST_ITEMS.length}`, 'checks passed by measurement']];
  if (drill) {
    rows.push([formatMs(drill.rtoMs), `recovery time in the drill, target ${formatMs(drill.rtoTargetMs)}`]);
    rows.push([formatCount(drill.acknowledgedWritesLost), 'acknowledged writes lost in the drill']);
  }
  if (cost) rows.push([formatUsd(cost.usdPerMonth), `per month, budget ${formatUsd(request.budget.usdPerMonth)}`]);
  const spent = ledger.usd > 0 ? `, ${formatTokenUsd(ledger.usd)}` : '';
  rows.push([formatCount(ledger.used), `tokens of ${formatCount(ledger.limit)}${spent}`]);
  rows.push([formatMs(timing.wallMs), `submit to verdict, ${formatMs(timing.orchestrationMs)} of it orchestration`]);
  return rows;
}

/** What failed, in the provider's own words, what was undone, what is left and what to do next. */
export function failureSection({ failure, undone, leftovers }: DeploymentReport): Html | undefined {
  if (!failure && undone.length === 0 && leftovers.length === 0) return undefined;
  const where = failure && [failure.region, failure.resource].filter(Boolean).join(' · ');
  return html`<section id="failure"><h2>What went wrong, and what is left</h2>
${
  failure &&
  html`<p><span class="tag bad">${failure.type}</span> in step ${failure.step}${where && html`, <code>${where}</code>`}</p>
<pre>${failure.message}</pre>`
}
${failure?.analysis && analysisPart(failure.analysis)}
${list('Undone', undone)}
${list(
  'Still there',
  leftovers.map(({ ref, why }) => html`<code>${ref.region}/${ref.name}</code> (${ref.kind}): ${why}`),
)}
${failure && list('What to do next', failure.next)}
</section>`;
}

/** An explanation, with who gives it. Steps of a model are suggestions; those of the rules are the next steps below. */
function analysisPart(analysis: FailureAnalysis): Html {
  const { decidedBy, cause, steps, reason } = analysis;
  return html`<h3>Explained by ${whoSays(analysis)}</h3><p><b>${kindWords(analysis)}</b></p><p>${cause}</p>
${reason !== undefined && html`<p class="soft small">${reason}</p>`}
${decidedBy === 'model' && list(`Suggested by ${whoSays(analysis)}`, steps)}`;
}

function list(title: string, items: ReadonlyArray<Html | string>): Html | undefined {
  return items.length === 0
    ? undefined
    : html`<h3>${title}</h3><ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}
