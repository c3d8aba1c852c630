import type { FailoverListing } from '../../contracts/failover-listing';
import type { OperationOutcome, OperationReport } from '../../contracts/operation-report';
import { formatMs, formatTime } from '../format';
import { EXIT, type ExitCode } from './exit-codes';
import type { Terminal } from './terminal';

/** The report of an operation on a terminal. */
export function renderOperation(report: OperationReport, colors: Terminal['outColors']): string {
  const { workflow, outcome, summary, phases, receipts, evidence, approvals, undone, left, next, documents } = report;
  const width = Math.max(0, ...phases.map(({ phase }) => phase.length));
  return [
    `${colors.bold(workflow.id)}  ${painted(outcome, colors)}`,
    summary,
    ...phases.map(
      ({ phase, what, ms, outcome: how }) =>
        `  ${phase.padEnd(width)}  ${formatMs(ms).padStart(8)}  ${what}${how === 'failed' ? ': failed' : ''}`,
    ),
    ...receipts.map(({ region, kind, epoch, detail }) => `  fenced: ${region}, ${kind}, epoch ${epoch}: ${detail}`),
    ...evidence.map(({ measured, source }) => `  seen (${source}): ${measured}`),
    ...approvals.map(
      (one) => `  approval of ${one.summary}: ${one.state}${one.decidedBy ? ` by ${one.decidedBy}` : ''}`,
    ),
    ...undone.map((line) => `  undone: ${line}`),
    ...left.map((line) => colors.red(`  left: ${line}`)),
    ...documents.map(({ name, artifact }) => `  ${name}: ${artifact.uri}`),
    ...next.map((line) => `next: ${line}`),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function painted(outcome: OperationOutcome, colors: Terminal['outColors']): string {
  switch (outcome) {
    case 'done':
      return colors.green('done');
    case 'nothing-to-do':
      return colors.green('nothing to do');
    case 'refused':
    case 'rejected':
    case 'stood-down':
      return colors.yellow(outcome.replace('-', ' '));
    case 'failed':
      return colors.red('failed');
  }
}

export function exitCodeOfOperation({ outcome, left }: OperationReport): ExitCode {
  switch (outcome) {
    case 'done':
    case 'nothing-to-do':
      return EXIT.ok;
    case 'rejected':
    case 'stood-down':
      return EXIT.rejected;
    case 'refused':
      return EXIT.blocked;
    case 'failed':
      return left.length === 0 ? EXIT.rolledBack : EXIT.failed;
  }
}

/** Where a deployment stands, who writes by record and by platform, and what failed over. */
export function renderFailovers(name: string, listing: FailoverListing): string {
  const { state, writers, unseen, failovers, fenced, operations } = listing;
  const lines = [
    `${name} is ${state.deployment}${state.primary ? `, writes in ${state.primary}` : ''}, epoch ${state.epoch}`,
  ];
  for (const { region, state: what } of state.regions) lines.push(`  ${region}  ${what}`);
  for (const { region, since, why } of fenced) lines.push(`  ${region} is fenced since ${formatTime(since)}: ${why}`);
  for (const { store, region, epoch } of writers)
    lines.push(
      `  ${store}: the platform says ${region ?? 'nobody can tell who'} writes${epoch === undefined ? '' : `, epoch ${epoch}`}`,
    );
  if (unseen) lines.push(`  the platform could not be asked: ${unseen}`);
  if (state.deployment === 'diverged') lines.push(`record it: meridian failovers ${name} --record`);
  lines.push(failovers.length === 0 ? 'no failovers' : 'failovers');
  for (const { at, store, from, to, epoch, by, phases, fence } of failovers) {
    const ms = phases.reduce((sum, phase) => sum + phase.ms, 0);
    const receipt = fence ? `, ${fence.kind}` : '';
    lines.push(
      `  ${formatTime(at)}  ${store}: ${from ?? 'nobody'} -> ${to}, epoch ${epoch}, ${formatMs(ms)}, by ${by}${receipt}`,
    );
  }
  if (operations.length > 0) lines.push('operations');
  for (const { endedAt, workflowId, outcome, summary } of operations.slice(-10))
    lines.push(`  ${formatTime(endedAt)}  ${workflowId}  ${outcome}: ${summary}`);
  return `${lines.join('\n')}\n`;
}
