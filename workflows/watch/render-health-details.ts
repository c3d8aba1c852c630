import type { AlertBook } from '../../contracts/alert';
import type { HealthMatrix } from '../../contracts/health-matrix';
import { openAlerts } from '../../policies/health/alert-book';

/** The Web UI's "current details" of a watch: Markdown, the matrix and the open alerts. Pure. */
export function renderHealthDetails(matrix: HealthMatrix | undefined, book: AlertBook): string {
  if (!matrix) return 'not looked yet';
  const rows = matrix.regions.map(({ region, role, overallHealth, alertLevel, services }) => {
    const scores = services.map(({ service, score }) => `${service} ${score === undefined ? '?' : Math.round(score)}`);
    return `| ${region} | ${role} | ${overallHealth ?? '?'} | ${alertLevel} | ${scores.join(', ')} |`;
  });
  const alerts = openAlerts(book).map(({ id, severity, title }) => `- ${id} **${severity}** ${plain(title)}`);
  return [
    `writes in ${matrix.primary}, automation ${matrix.automation}, looked at ${matrix.at}`,
    '',
    '| region | role | health | level | services |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    ...alerts,
  ].join('\n');
}

/** Words are words: no link, no picture, no heading may come out of them. */
function plain(text: string): string {
  return text.replace(/[\\`*_[\]<>|!#]/g, '\\$&').replaceAll('\n', ' ');
}
