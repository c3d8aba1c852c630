import { writeFile } from 'node:fs/promises';
import { loadConfig } from '../../../temporal.config';
import { ClientProblem } from '../../client-problem';
import { closeClient, connectClient, type MeridianClient, workflowUrl } from '../../connection';
import { readOperationReport } from '../../live-operations';
import { listDeployments, type OperationListing, readReport } from '../../observe';
import { renderReportHtml } from '../../report/render-report';
import { EXIT } from '../exit-codes';
import type { Target } from '../target';
import type { Terminal } from '../terminal';
import { printVerdict } from '../watch-to-verdict';
import { printOperation } from './operate';

export interface ReportInput {
  target: Target;
  generation?: number;
  json?: boolean;
  /** where to write the HTML page */
  html?: string;
}

/** Shows the report of a deployment that has ended. The exit code says whether it could be read, not how it ended. */
export async function runReport({ target, generation, json, html }: ReportInput, terminal: Terminal): Promise<number> {
  const meridian = await connectClient(loadConfig());
  try {
    const operation = await liveOperation(meridian, target, generation ?? target.generation);
    if (operation) {
      if (html !== undefined)
        throw new ClientProblem('bad-input', `${operation.workflowId} has no page; leave --html out`);
      printOperation(await endedReport(meridian, operation), terminal, json);
      return EXIT.ok;
    }
    const report = await readReport(meridian, target, generation ?? target.generation);
    if (html !== undefined) {
      const url = workflowUrl(meridian, report.workflow.id, report.workflow.runId);
      await writePage(html, renderReportHtml(report, url === undefined ? {} : { workflowUrl: url }));
      terminal.err(`wrote ${html}\n`);
      if (!json) return EXIT.ok;
    }
    printVerdict(report, { meridian, terminal, ...(json && { json }) });
    return EXIT.ok;
  } finally {
    await closeClient(meridian);
  }
}

/** Operations on what is live have reports of their own; undefined for a deployment, and when no number was given. */
async function liveOperation(meridian: MeridianClient, target: Target, generation: number | undefined) {
  if (generation === undefined) return undefined;
  const found = (await listDeployments(meridian, target)).find((one) => one.generation === generation);
  return found && found.kind !== 'deploy' && found.kind !== 'retire' ? found : undefined;
}

function endedReport(meridian: MeridianClient, { workflowId, status }: OperationListing) {
  if (status === 'RUNNING')
    throw new ClientProblem('still-running', `${workflowId} has not ended; there is no report yet`);
  return readOperationReport(meridian, workflowId);
}

async function writePage(file: string, page: string): Promise<void> {
  try {
    await writeFile(file, page);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ClientProblem(
      'bad-input',
      `--html ${file} cannot be written: ${why}`,
      'name a file in a folder that exists',
    );
  }
}
