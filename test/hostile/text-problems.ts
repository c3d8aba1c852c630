import { readFile } from 'node:fs/promises';
import path from 'node:path';
import pc from 'picocolors';
import { renderInWords } from '../../clients/cli/render-in-words';
import { renderPlan } from '../../clients/cli/render-plan';
import { renderVerdict } from '../../clients/cli/render-verdict';
import { renderReportHtml } from '../../clients/report/render-report';
import type { RequestInWords } from '../../clients/requests-in-words';
import { deploymentMessage } from '../../clients/slack/deployment-message';
import type { Decision } from '../../contracts/decision';
import type { DeploymentPlan } from '../../contracts/plan';
import type { Progress } from '../../contracts/progress';
import type { DeploymentReport } from '../../contracts/report';
import { type HostileCase, markOfModel, markOfRequester } from './hostile-case';
import type { HostileStage } from './hostile-stage';

/** What moves a cursor, hides text or turns it round; a line break is a line break. */
const UNPLAIN = /[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\u200b\ufeff]/u;
const MACHINE = /\bundefined\b|\bNaN\b|\[object |\n\s+at \S+ \(/;
/** Markup that works: of a browser, of a chat. Escaped, it does not. */
const LIVE_HTML = /<script>alert|<img src=x|<svg onload/i;
const LIVE_SLACK = /<!channel>|<@U0|<https?:\/\/zq/;
/** A template inside of a script: a quoted here-document is never read by the shell. */
const HERE_DOCUMENT = /<<'(\w+)'\n[\s\S]*?\n\1\n/g;
const plainColors = pc.createColors(false);

/** What a text shows to a person that it must not; `where` names the text. */
function plainProblems(where: string, text: string): string[] {
  const unplain = UNPLAIN.exec(text);
  const machine = MACHINE.exec(text);
  const around = (index: number) => JSON.stringify(text.slice(Math.max(0, index - 40), index + 40));
  return [
    ...(unplain ? [`${where} has U+${unplain[0].codePointAt(0)?.toString(16)}: ${around(unplain.index)}`] : []),
    ...(machine ? [`${where} speaks machine: ${around(machine.index)}`] : []),
  ];
}

export function progressProblems({ events, regions }: Progress): string[] {
  const texts = [...events.map(({ message }) => message), ...regions.map(({ detail }) => detail)];
  return texts.flatMap((text) => plainProblems('progress', text));
}

export function planTextProblems(plan: DeploymentPlan, decisions: readonly Decision[]): string[] {
  return [
    ...plainProblems('the plan on a terminal', renderPlan(plan, { details: true }, plainColors)),
    ...decisions.flatMap(({ choice, reason, alternatives }) =>
      plainProblems('a decision', [choice, reason, ...alternatives].join('\n')),
    ),
  ];
}

export function sentenceProblems(words: RequestInWords): string[] {
  return plainProblems('the request on a terminal', renderInWords(words, plainColors));
}

/** The report in every form in which people meet it. */
export async function reportTextProblems(report: DeploymentReport, { reports }: HostileStage): Promise<string[]> {
  const { application, environment } = report.request;
  const folder = path.join(reports, application, environment, String(report.generation));
  const json = await readFile(path.join(folder, 'report.json'), 'utf8').catch(() => undefined);
  if (json === undefined) return ['there is no report.json'];
  const html = renderReportHtml(report);
  const { workflow, plan } = report;
  const slack = JSON.stringify(
    deploymentMessage({ workflowId: workflow.id, progress: undefined, plan, report }).blocks,
  );
  const { request: _asked, ...told } = report;
  return [
    ...plainProblems('report.json', json.replaceAll(/"request": \{[\s\S]*?\n {2}\},/g, '')),
    ...plainProblems('a string of the report', Object.values(stringsOf(told)).join('\n')),
    ...plainProblems('report.html', html),
    ...plainProblems('the verdict on a terminal', renderVerdict(report, {}, plainColors)),
    ...(plan ? planTextProblems(plan, report.decisions) : []),
    ...stringsOf(JSON.parse(slack)).flatMap((text) => plainProblems('the chat', text)),
    ...(LIVE_HTML.test(html) ? [`report.html has live markup: ${LIVE_HTML.exec(html)?.[0]}`] : []),
    ...(LIVE_SLACK.test(slack) ? [`the chat has live markup: ${LIVE_SLACK.exec(slack)?.[0]}`] : []),
  ];
}

/** Words of a model have no place in what is applied or run; what a requester wrote has none in a command. */
export async function documentProblems(
  plan: DeploymentPlan,
  documents: DeploymentReport['documents'],
  one: HostileCase,
  { artifacts }: HostileStage,
): Promise<string[]> {
  const kept = documents.filter(({ name }) => !name.startsWith('report.'));
  const named = [
    ...[...plan.documents, ...kept],
    ...plan.stacks.map(({ ref, template }) => ({ name: `${ref.region}/${ref.kind} template`, artifact: template })),
    { name: 'specs', artifact: plan.specs },
  ];
  const read = await Promise.all(
    named.map(async ({ name, artifact }) => ({ name, text: await artifacts.get(artifact) })),
  );
  const commands = (text: string) => text.replaceAll(HERE_DOCUMENT, '');
  const runs = (name: string) => name.endsWith('.sh') || name.endsWith('.md');
  return read.flatMap(({ name, text }) => [
    ...(text.includes(markOfModel(one)) ? [`${name} has words of the model`] : []),
    ...(runs(name) && commands(text).includes(markOfRequester(one)) ? [`${name} has free words of the requester`] : []),
    ...(runs(name) ? plainProblems(name, commands(text)) : []),
  ]);
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsOf);
}
