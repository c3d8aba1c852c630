import type { Alert } from '../../contracts/alert';
import type { AlertLevel, HealthMatrix, RegionHealth } from '../../contracts/health-matrix';
import { SERVICES } from '../../contracts/region-observation';
import { plainLine } from '../../contracts/visible-text';
import { deploymentName } from '../../contracts/workflow-ids';
import { formatTime } from '../format';
import type { Colors } from './terminal';

/** The matrix as a table: one row per region, one column per service; `?` is what could not be seen. */
export function renderHealth(matrix: HealthMatrix, colors: Colors): string {
  const { regions, chain, decisions, notes, automation, primary, at } = matrix;
  const table = [
    ['REGION', 'ROLE', 'HEALTH', 'LEVEL', ...SERVICES.map((service) => service.toUpperCase()), 'LATENCY', 'BREAKER'],
    ...regions.map(cells),
  ];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const [head = [], ...rows] = table;
  return [
    `${deploymentName(matrix)}: writes in ${primary}, automation ${automation}, looked at ${formatTime(at)}`,
    '',
    colors.bold(line(head)),
    ...rows.map((row, index) => paint(regions[index]?.alertLevel ?? 'unknown', line(row), colors)),
    '',
    ...regions.flatMap((region) => details(region)),
    `failover: ${chain.length === 0 ? 'nobody may take over' : chain.join(', then ')}`,
    ...notes.map((note) => colors.yellow(`note: ${plainLine(note)}`)),
    ...decisions
      .slice(-5)
      .map(
        ({ at: when, kind, region, to, outcome, detail }) =>
          `${formatTime(when)}  ${outcome}: ${kind} ${region}${to ? ` to ${to}` : ''} (${plainLine(detail)})`,
      ),
    '',
  ].join('\n');
}

function cells({
  region,
  role,
  overallHealth,
  alertLevel,
  services,
  latencyMs,
  breaker,
  drained,
}: RegionHealth): string[] {
  const scores = SERVICES.map((name) => {
    const look = services.find(({ service }) => service === name);
    if (!look) return '-';
    return look.score === undefined ? '?' : String(Math.round(look.score));
  });
  const latency = latencyMs === undefined ? '-' : `${latencyMs} ms`;
  return [
    region,
    drained ? `${role}, drained` : role,
    String(overallHealth ?? '?'),
    alertLevel,
    ...scores,
    latency,
    breaker,
  ];
}

/** What is not as it should be, in words. */
function details({ region, services }: RegionHealth): string[] {
  return services
    .filter(({ score }) => score !== 100)
    .map(
      ({ service, score, detail }) =>
        `  ${region} ${service} ${score === undefined ? 'unknown' : Math.round(score)}: ${plainLine(detail)}`,
    );
}

function paint(level: AlertLevel, text: string, colors: Colors): string {
  switch (level) {
    case 'green':
      return colors.green(text);
    case 'yellow':
      return colors.yellow(text);
    case 'red':
      return colors.red(text);
    case 'unknown':
      return colors.dim(text);
  }
}

/** Alerts, one after the other: what it is, since when, who looks after it, what to do. */
export function renderAlerts(alerts: readonly Alert[], colors: Colors): string {
  if (alerts.length === 0) return 'no alert is open\n';
  return alerts.map((alert) => `${alertLines(alert, colors).join('\n')}\n`).join('');
}

function alertLines(alert: Alert, colors: Colors): string[] {
  const { id, severity, title, detail, openedAt, closedAt, acknowledged, next } = alert;
  const words = `${id}  ${severity}  ${plainLine(title)}`;
  const head = closedAt ? colors.dim(words) : severity === 'critical' ? colors.red(words) : colors.yellow(words);
  const taken = acknowledged ? `, acknowledged by ${plainLine(acknowledged.by)} ${formatTime(acknowledged.at)}` : '';
  return [
    head,
    `    since ${formatTime(openedAt)}${closedAt ? `, over ${formatTime(closedAt)}` : ''}${taken}`,
    `    ${plainLine(detail)}`,
    ...(next && !closedAt ? [`    next: ${plainLine(next)}`] : []),
  ];
}
