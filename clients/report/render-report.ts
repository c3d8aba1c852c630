import type { DeploymentReport } from '../../contracts/report';
import { type Html, html, trusted } from './html';
import { checklistSection } from './sections/checklist';
import { costSection } from './sections/cost';
import { decisionsSection } from './sections/decisions';
import { drillSection } from './sections/drill';
import { latencySection } from './sections/latency';
import { planSection } from './sections/plan';
import { requestSection } from './sections/request';
import { timelineSection, tokensSection } from './sections/steps';
import { topologySection } from './sections/topology';
import { failureSection, verdictHeader } from './sections/verdict';
import { workflowSection } from './sections/workflow';
import { REPORT_STYLE } from './style';

/** Nothing may be loaded and nothing may run: the page is text, style and drawings. */
const CONTENT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

export interface ReportHtmlOptions {
  /** address of the workflow run in the Web UI, when it is known */
  workflowUrl?: string;
}

/** The report as one self-contained page. Pure: the same report gives the same bytes. */
export function renderReportHtml(report: DeploymentReport, { workflowUrl }: ReportHtmlOptions = {}): string {
  const sections: Array<[title: string, content: Html | undefined]> = [
    ['failure', failureSection(report)],
    ['checks', checklistSection(report)],
    ['topology', topologySection(report)],
    ['drill', drillSection(report)],
    ['latency', latencySection(report)],
    ['timeline', timelineSection(report)],
    ['decisions', decisionsSection(report)],
    ['plan', planSection(report)],
    ['cost', costSection(report)],
    ['tokens', tokensSection(report)],
    ['request', requestSection(report)],
    ['workflow', workflowSection(report, workflowUrl)],
  ];
  const shown = sections.filter(([, content]) => content !== undefined);
  const { application, environment } = report.request;
  return `<!doctype html>\n${
    html`<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${application} in ${environment}: ${report.verdict} (generation ${report.generation})</title>
<style>${trusted(REPORT_STYLE)}</style></head><body>
${verdictHeader(report)}
<main><nav aria-label="sections">${shown.map(([title]) => html`<a href="#${title}">${title}</a>`)}</nav>
${shown.map(([, content]) => content)}</main>
<footer>${report.schema} · generation ${report.generation} · made by Meridian</footer></body></html>`.text
  }\n`;
}
