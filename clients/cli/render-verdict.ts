import type { DeploymentReport, Verdict } from '../../contracts/report';
import { CHECKLIST_ITEMS, type ChecklistEntry } from '../../contracts/validation';
import { decidersWords, kindWords, validationExplanation, whoSays } from '../explanation-words';
import { formatCount, formatMs, formatUsd } from '../format';
import { answeredWords, tokenWords } from '../ledger-words';
import type { Colors } from './terminal';

/** Where the reader finds more: written after everything else. */
export interface VerdictLinks {
  workflowUrl?: string | undefined;
  reportPath?: string | undefined;
}

/** How a deployment ended. What failed comes first, then what was undone, what is left, what to do next. */
export function renderVerdict(report: DeploymentReport, links: VerdictLinks, colors: Colors): string {
  return [
    '',
    `${verdictMark(report.verdict, colors)}  ${report.summary}`,
    ...failureLines(report, colors),
    ...analysisLines(report),
    ...list('undone', report.undone),
    ...list(
      'still there',
      report.leftovers.map(({ ref, why }) => `${ref.region}/${ref.name}: ${why}`),
    ),
    // After a failure, what is proposed is among the next steps.
    ...(report.failure ? list('next', report.failure.next) : list('proposed', report.proposals ?? [])),
    ...suggestionLines(report),
    ...explanationLines(report, colors),
    ...checkLines(report, colors),
    ...drillLines(report, colors),
    ...latencyLines(report, colors),
    ...closingLines(report, links),
    '',
  ].join('\n');
}

function verdictMark(verdict: Verdict, colors: Colors): string {
  switch (verdict) {
    case 'promoted':
      return colors.bold(colors.green('✔ promoted'));
    case 'blocked':
      return colors.bold(colors.yellow('■ blocked'));
    case 'rolled-back':
      return colors.bold(colors.red('↩ rolled back'));
    case 'failed':
      return colors.bold(colors.red('✘ failed'));
  }
}

function failureLines({ failure }: DeploymentReport, colors: Colors): string[] {
  if (!failure) return [];
  const where = [failure.region, failure.resource].filter((part) => part !== undefined).join(' ');
  return [
    '',
    `  failed in step ${failure.step}${where && `, ${where}`} (${failure.type})`,
    ...failure.message.split('\n').map((line) => colors.red(`    ${line}`)),
  ];
}

/** The kind of trouble; its cause in a model's words, where rules would only repeat the message. */
function analysisLines({ failure }: DeploymentReport): string[] {
  if (!failure?.analysis) return [];
  const { analysis } = failure;
  const cause = analysis.decidedBy === 'model' ? [`    ${analysis.cause}`] : [];
  return ['', `  ${whoSays(analysis)}: ${kindWords(analysis)}`, ...cause];
}

/** The steps of the rules are the next steps already. */
function suggestionLines({ failure }: DeploymentReport): string[] {
  const { analysis } = failure ?? {};
  return analysis?.decidedBy === 'model' ? list(`suggested by ${whoSays(analysis)}`, analysis.steps) : [];
}

function explanationLines(report: DeploymentReport, colors: Colors): string[] {
  const found = validationExplanation(report);
  if (!found) return [];
  const lines = [found.choice, found.reason, ...found.alternatives];
  return ['', colors.bold(`  Explained by ${whoSays(found)}`), ...lines.map((line) => `  ${line}`)];
}

function list(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : ['', `  ${title}:`, ...lines.map((line) => `    - ${line}`)];
}

function checkLines({ checklist }: DeploymentReport, colors: Colors): string[] {
  if (!checklist.some(({ status }) => status !== 'not-measured')) return [];
  return [
    '',
    colors.bold('  Checks'),
    ...CHECKLIST_ITEMS.map((item) => {
      const entry = checklist.find((candidate) => candidate.item === item);
      const source = entry?.source ? colors.dim(` [${entry.source}]`) : '';
      // The headline; all of it is in the report.
      const evidence = entry?.evidence[0]?.measured.split('\n')[0];
      return `  ${statusMark(entry?.status ?? 'not-measured', colors)} ${item}${source}${evidence ? colors.dim(`\n${' '.repeat(17)}${evidence}`) : ''}`;
    }),
  ];
}

function statusMark(status: ChecklistEntry['status'], colors: Colors): string {
  const text = status.padEnd(14);
  switch (status) {
    case 'passed':
      return colors.green(text);
    case 'failed':
      return colors.red(text);
    case 'modelled':
      return colors.yellow(text);
    case 'not-measured':
      return colors.dim(text);
  }
}

function drillLines({ drill }: DeploymentReport, colors: Colors): string[] {
  if (!drill) return [];
  const phases = drill.phases.map(({ phase, ms }) => `${phase} ${formatMs(ms)}`).join(' · ');
  const again =
    drill.protectedAgainMs === undefined ? '' : `, protected again after ${formatMs(drill.protectedAgainMs)}`;
  return [
    '',
    colors.bold('  Drill'),
    `  ${drill.region} lost, ${drill.promoted} took over: RTO ${formatMs(drill.rtoMs)} of ${formatMs(drill.rtoTargetMs)} (${phases})`,
    `  ${formatCount(drill.acknowledgedWritesLost)} of ${formatCount(drill.acknowledgedWrites)} acknowledged writes lost, RPO ${formatMs(drill.rpoMs)} of ${formatMs(drill.rpoTargetMs)}${again}`,
  ];
}

function latencyLines({ latency, request }: DeploymentReport, colors: Colors): string[] {
  if (latency.length === 0) return [];
  const { percentile, underMs } = request.latency;
  return [
    '',
    colors.bold(`  Latency, p${percentile} under ${formatMs(underMs)}`),
    ...latency.map(({ location, servedBy, slaPercentileMs, withinSla, decides, source }) => {
      const value = formatMs(slaPercentileMs).padStart(9);
      const elsewhere = decides === false ? ', no users there' : '';
      return `  ${location.padEnd(16)}${withinSla || elsewhere ? value : colors.red(value)}  ${colors.dim(`${servedBy} [${source}]${elsewhere}`)}`;
    }),
  ];
}

function closingLines(report: DeploymentReport, { workflowUrl, reportPath }: VerdictLinks): string[] {
  const { cost, request, ledger, timing, workflow } = report;
  const rows: Array<[string, string | undefined]> = [
    ['cost', cost && `${formatUsd(cost.usdPerMonth)} a month of ${formatUsd(request.budget.usdPerMonth)}`],
    ['decided', decidersWords(report)],
    ['tokens', [tokenWords(ledger), ...answeredWords(ledger)].join(', ')],
    ...ledger.alarms.map((alarm): [string, string] => ['', alarm]),
    ['time', `${formatMs(timing.wallMs)}, ${formatMs(timing.orchestrationMs)} of it orchestration`],
    ['report', reportPath ?? `meridian report ${request.application}/${request.environment} --html report.html`],
    ['workflow', workflowUrl ?? workflow.id],
  ];
  return ['', ...rows.flatMap(([name, value]) => (value ? [`  ${name.padEnd(9)} ${value}`] : []))];
}
