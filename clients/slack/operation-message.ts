import pc from 'picocolors';
import type { OperationReport } from '../../contracts/operation-report';
import { renderOperation } from '../cli/render-operation';
import type { SlackMessage } from './deployment-message';
import { codeBlock, escaped } from './slack-text';

/** Slack refuses a section of more than 3,000 characters. */
const SECTION_CHARACTERS = 2_900;
const PLAIN = pc.createColors(false);

/** The report of an operation on what is live, as one message. */
export function operationMessage(report: OperationReport, url: string | undefined): SlackMessage {
  const { kind, application, environment, generation, summary, outcome } = report;
  const name = escaped(`${kind} ${application}/${environment}, number ${generation}`);
  const lines = renderOperation(report, PLAIN).trimEnd().split('\n').slice(1);
  const text = `*${url ? `<${url}|${name}>` : name}*  ${outcome.replaceAll('-', ' ')}\n${codeBlock(lines, SECTION_CHARACTERS - 300)}`;
  return { text: `${name}: ${escaped(summary)}`, blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] };
}
