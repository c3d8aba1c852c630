import { type LedgerEntry, TOKEN_LIMITS } from '../../../contracts/ledger';
import type { DeploymentReport } from '../../../contracts/report';
import { formatMs, plural } from '../../format';
import { answeredWords, formatTokenUsd, tokenWords } from '../../ledger-words';
import { type Html, html } from '../html';

/** The four steps one after the other on one time axis. */
export function timelineSection({ steps, timing }: DeploymentReport): Html {
  const whole = Math.max(timing.wallMs, ...cumulative(steps).map(({ endMs }) => endMs), 1);
  return html`<section id="timeline"><h2>Timeline</h2>
<p class="soft">${formatMs(timing.criticalPathMs)} of ${formatMs(timing.wallMs)} went to platform operations, bakes, probes, the drill and waiting for people; ${formatMs(timing.orchestrationMs)} to orchestration.</p>
<div class="bars">${cumulative(steps).map(
    ({ step, startMs }) => html`<div>${step.step} <span class="soft small">${step.status}</span></div>
<div class="track"><div class="fill ${step.status}" style="left:${share(startMs, whole)};width:${share(step.ms, whole)}"></div></div>
<div class="small">${formatMs(step.ms)}</div>`,
  )}</div>
<table class="stack"><tbody>${steps.map(
    (step) => html`<tr><td class="keep"><b>${step.step}</b></td><td>${step.summary}</td></tr>`,
  )}</tbody></table></section>`;
}

function cumulative(steps: DeploymentReport['steps']) {
  let startMs = 0;
  return steps.map((step) => {
    const row = { step, startMs, endMs: startMs + step.ms };
    startMs = row.endMs;
    return row;
  });
}

/** Tokens and money per account against its limit, and what each turn cost and saw. */
export function tokensSection({ ledger }: DeploymentReport): Html {
  const largest = Math.max(...Object.values(TOKEN_LIMITS));
  const usdOf = (account: LedgerEntry['account']) =>
    ledger.entries.filter((entry) => entry.account === account).reduce((sum, { usd }) => sum + usd, 0);
  return html`<section id="tokens"><h2>Tokens</h2>
<p class="soft">${[tokenWords(ledger), ...answeredWords(ledger)].join(', ')}. ${
    ledger.entries.length === 0 && 'No model was asked: every decision was made by rules.'
  }</p>
${ledger.alarms.map((alarm) => html`<p><b>${alarm}</b></p>`)}
<div class="bars">${ledger.accounts.map(
    ({ account, used, limit }) => html`<div>${account}</div>
<div class="track"><div class="fill" style="left:0;width:${share(used, largest)}"></div><div class="limit" style="left:calc(${share(limit, largest)} - 2px)"></div></div>
<div class="small">${tokenWords({ used, limit, usd: usdOf(account) })}</div>`,
  )}</div>
${ledger.entries.length > 0 && turns(ledger.entries)}</section>`;
}

function turns(entries: LedgerEntry[]): Html {
  return html`<details><summary>${plural(entries.length, 'model turn')}</summary><div class="scroll"><table><thead><tr><th>Agent</th><th>Model</th><th>Ended</th><th>Shown to it</th><th class="number">Reserved</th><th class="number">Most allowed out</th><th class="number">Input</th><th class="number">Output</th><th class="number">Cost</th></tr></thead><tbody>
${entries.map(
  (entry) =>
    html`<tr><td>${entry.agent}${entry.purpose === 'repair' && ', correction'}</td><td>${entry.model}</td><td>${entry.outcome}: ${entry.detail}</td><td>${entry.rung ?? ''}</td><td class="number">${entry.estimatedInput}</td><td class="number">${entry.maxTokens}</td><td class="number">${entry.inputTokens}</td><td class="number">${entry.outputTokens}</td><td class="number">${formatTokenUsd(entry.usd)}</td></tr>`,
)}</tbody></table></div></details>`;
}

function share(value: number, whole: number): string {
  return `${Math.min(100, (100 * value) / whole).toFixed(2)}%`;
}
