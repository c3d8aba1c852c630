import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { WorkflowNotFoundError } from '@temporalio/client';
import { renderReportHtml } from '../clients/report/render-report';
import { renderRunbook } from '../clients/report/render-runbook';
import type { ArtifactRef } from '../contracts/artifact';
import type { DeploymentPlan } from '../contracts/plan';
import { type DeploymentReport, deploymentReportSchema } from '../contracts/report';
import type { DeploymentRequest } from '../contracts/request';
import { visibleText } from '../contracts/visible-text';
import type { ActivityDependencies } from './dependencies';
import { coveredMs, eventTimeMs, platformSpans, type Span } from './timing/history-spans';

/** The documents a deployment leaves behind. */
export function createReportActivities(deps: ActivityDependencies) {
  return {
    /** The runbook for a manual failover, with the deployment's own names. */
    writeRunbook: async (input: { request: DeploymentRequest; plan: DeploymentPlan; generation: number }) => {
      const { markdown, commands, accepted } = renderRunbook(input);
      return { artifact: await deps.artifacts.put(markdown, 'md'), commands, accepted };
    },

    /** Accounts for the time of the run from its own history, completes the report, and writes it as JSON and HTML. */
    writeReport: async (input: {
      report: DeploymentReport;
      childIds: string[];
    }): Promise<Pick<DeploymentReport, 'timing' | 'documents'>> => {
      const timing = await accountForTime(deps, input.report, input.childIds);
      const report = deploymentReportSchema.parse({ ...input.report, timing });
      const files = {
        'report.json': `${visibleJson(report)}\n`,
        'report.html': renderReportHtml(report),
      };
      const documents = await Promise.all(
        Object.entries(files).map(async ([name, content]) => ({
          name,
          artifact: await publish(deps, report, name, content),
        })),
      );
      return { timing, documents: [...report.documents, ...documents] };
    },
  };
}

/** JSON in which every character can be seen, whoever wrote the texts: a report is read on terminals, too. */
function visibleJson(report: DeploymentReport): string {
  const escaped = (character: string) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join('');
  return visibleText(JSON.stringify(report, undefined, 2), escaped);
}

async function publish(
  deps: ActivityDependencies,
  report: DeploymentReport,
  name: string,
  content: string,
): Promise<ArtifactRef> {
  const { application, environment } = report.request;
  const folder = path.join(deps.reportDirectory, application, environment, String(report.generation));
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, name), content);
  const stored = await deps.artifacts.put(content, name.split('.').at(-1) ?? 'txt');
  return { ...stored, uri: pathToFileURL(path.join(folder, name)).href };
}

async function accountForTime(deps: ActivityDependencies, report: DeploymentReport, childIds: string[]) {
  const events = await historyOf(deps, report.workflow.id, report.workflow.runId);
  const spans: Span[] = platformSpans(events);
  for (const childId of childIds) spans.push(...platformSpans(await historyOf(deps, childId)));
  const first = events[0];
  const wallMs = first ? deps.now().getTime() - eventTimeMs(first) : 0;
  const criticalPathMs = Math.min(coveredMs(spans), wallMs);
  return { wallMs, criticalPathMs, orchestrationMs: wallMs - criticalPathMs };
}

async function historyOf({ client }: ActivityDependencies, workflowId: string, runId?: string) {
  try {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    return history.events ?? [];
  } catch (error) {
    // Its time then counts as orchestration: the account can only look worse than it is.
    if (error instanceof WorkflowNotFoundError) return [];
    throw error;
  }
}
