import type { Progress } from '../../contracts/progress';

/** The Web UI's "current details" of a deployment: Markdown, a table of regions and the latest events. Pure. */
export function renderCurrentDetails(workflowId: string, progress: Progress): string {
  const { phase, verdict, paused, regions, approval, ledger, events } = progress;
  const lines = [
    `**${verdict ?? phase}** — ${tokens(ledger)} tokens, $${ledger.usd.toFixed(4)}`,
    '',
    ...tokenLines(ledger),
  ];
  if (paused) lines.push(`**Paused** by ${cell(paused.by)}: ${cell(paused.reason)}`, '');
  if (regions.length > 0) {
    lines.push('| region | role | state | |', '| --- | --- | --- | --- |');
    for (const { region, role, state, detail } of regions)
      lines.push(`| ${region} | ${role} | ${state} | ${cell(detail)} |`);
    lines.push('');
  }
  if (approval?.state === 'waiting') {
    lines.push(`Waiting for approval until ${approval.expiresAt}: \`meridian approve ${workflowId}\``, '');
  }
  for (const { at, region, message } of events)
    lines.push(`- ${at.slice(11, 19)} ${region ? `${region}: ` : ''}${plain(message)}`);
  return lines.join('\n');
}

function tokens({ used, limit }: { used: number; limit: number }): string {
  return `${used.toLocaleString('en')} of ${limit.toLocaleString('en')}`;
}

/** What each step has spent, once a model was asked. */
function tokenLines({ accounts, alarms }: Progress['ledger']): string[] {
  const spent = accounts.filter(({ used }) => used > 0).map((one) => `${one.account} ${tokens(one)}`);
  return spent.length === 0
    ? []
    : [`Tokens: ${spent.join(' · ')}`, '', ...alarms.flatMap((alarm) => [cell(alarm), ''])];
}

/** Text from outside must not break the table. */
function cell(text: string): string {
  return plain(text).replaceAll('\n', ' ').slice(0, 160);
}

/** Words are words: no link, no picture, no heading may come out of what somebody wrote. */
function plain(text: string): string {
  return text.replace(/[\\`*_[\]<>|!#]/g, '\\$&');
}
