import type { DeploymentReport } from '../../../contracts/report';
import { formatUsd, plural } from '../../format';
import { type Html, html } from '../html';

/** Monthly cost by line, each with how far its price can be trusted, against the budget. */
export function costSection({ cost, request }: DeploymentReport): Html | undefined {
  if (!cost) return undefined;
  const budget = request.budget.usdPerMonth;
  const scale = Math.max(budget, cost.usdPerMonth) * 1.1;
  const within = cost.usdPerMonth <= budget;
  return html`<section id="cost"><h2>Cost</h2>
<p class="soft">${formatUsd(cost.usdPerMonth)} a month against a budget of ${formatUsd(budget)}; prices as of ${cost.asOf}.</p>
<div class="bars">${byRegion(cost.lines).map(
    ([region, usd]) =>
      html`<div>${region}</div><div class="track"><div class="fill" style="left:0;width:${share(usd, scale)}"></div></div><div class="small">${formatUsd(usd)}</div>`,
  )}
<div><b>all</b></div><div class="track"><div class="fill ${within ? 'passed' : 'failed'}" style="left:0;width:${share(cost.usdPerMonth, scale)}"></div><div class="limit" style="left:${share(budget, scale)}"></div></div><div class="small">${formatUsd(cost.usdPerMonth)}</div></div>
<details><summary>${plural(cost.lines.length, 'cost line')}</summary><table class="stack"><thead><tr><th>Region</th><th>Item</th><th>Quantity</th><th>Price fact</th><th class="number">Per month</th></tr></thead><tbody>
${cost.lines.map(
  (line) =>
    html`<tr><td class="keep">${line.region}</td><td>${line.item}</td><td>${line.quantity}</td><td data-label="Price fact">${line.basis}</td><td class="number" data-label="Per month">${formatUsd(line.usdPerMonth)}</td></tr>`,
)}</tbody></table></details></section>`;
}

function byRegion(lines: Array<{ region: string; usdPerMonth: number }>): Array<[string, number]> {
  const sums = new Map<string, number>();
  for (const { region, usdPerMonth } of lines) sums.set(region, (sums.get(region) ?? 0) + usdPerMonth);
  return [...sums].sort((a, b) => b[1] - a[1]);
}

function share(value: number, whole: number): string {
  return `${Math.min(100, (100 * value) / whole).toFixed(2)}%`;
}
