import pc from 'picocolors';
import { deploymentName } from '../../contracts/workflow-ids';
import { openAlerts } from '../../policies/health/alert-book';
import { readAlerts, readHealth } from '../alerts';
import { renderDrills } from '../cli/render-drills';
import { renderAlerts, renderHealth } from '../cli/render-health';
import { renderFailovers } from '../cli/render-operation';
import { deploymentRows, queueLines, renderStatusList } from '../cli/render-status';
import type { Target } from '../cli/target';
import { readDrills } from '../drills';
import { operateOn, questionOf, readFailovers } from '../live-operations';
import { deploymentStatus, listDeployments } from '../observe';
import { queueOf, withQueues } from '../operation-queue';
import { type SubmitDeploymentInput, submitDeployment } from '../operations';
import { stopOperation } from '../stop-operation';
import { isTypedSentence, requestInWords } from './deploy-in-words';
import { deploymentMessage } from './deployment-message';
import { problemText } from './problem-text';
import { requestFromText } from './request-from-text';
import { codeBlock, escaped } from './slack-text';
import { CONFIRMATION, HELP, type SlashCommand } from './slash-command';
import type { SlashContext } from './slash-context';

const LISTED_CHARACTERS = 2_900;
const NO_COLORS = pc.createColors(false);

function plainBlock(text: string): string {
  return codeBlock(text.trimEnd().split('\n'), LISTED_CHARACTERS);
}

/** Runs a command. Returns what only the person who typed it should read; undefined when the channel has the answer. */
export async function runSlashCommand(command: SlashCommand, context: SlashContext): Promise<string | undefined> {
  switch (command.verb) {
    case 'help':
      return HELP;
    case 'deploy':
      return deploy(command.text, context);
    case 'status':
      return command.target ? statusOf(command.target, context) : statusOfAll(context);
    case 'plan': {
      const { operation } = await deploymentStatus(context.meridian, command.target);
      await postAndFollow(operation.workflowId, context);
      return undefined;
    }
    case 'failovers': {
      const listing = await readFailovers(context.meridian, command.target);
      return codeBlock(
        renderFailovers(deploymentName(command.target), listing).trimEnd().split('\n'),
        LISTED_CHARACTERS,
      );
    }
    case 'drills':
      return plainBlock(
        renderDrills(deploymentName(command.target), await readDrills(context.meridian, command.target), NO_COLORS),
      );
    case 'health':
      return plainBlock(renderHealth(await readHealth(context.meridian, command.target), NO_COLORS));
    case 'alerts':
      return plainBlock(renderAlerts(openAlerts(await readAlerts(context.meridian, command.target)), NO_COLORS));
    case 'operate':
      return operate(command, context);
    case 'abort': {
      const { target, reason } = command;
      const by = `slack:${context.userId}`;
      const { workflowId, withdrawn } = await stopOperation(context.meridian, target, { by, reason });
      return `${escaped(workflowId)} ${withdrawn ? 'was waiting and does not begin any more' : 'is stopping'}`;
    }
  }
}

/** What cannot be taken back is said first. The message comes before the operation: its end must be seen. */
async function operate(
  { target, operation, confirmed }: Extract<SlashCommand, { verb: 'operate' }>,
  { meridian, slack, channel, userId, follow }: SlashContext,
): Promise<string | undefined> {
  const asked = { ...operation, requester: `slack:${userId}` };
  const question = questionOf(asked, deploymentName(target));
  const about = 'region' in operation ? operation.region : 'drill' in operation ? operation.drill : '';
  const again = `/meridian ${[operation.kind, deploymentName(target), about, CONFIRMATION].filter(Boolean).join(' ')}`;
  if (question && !confirmed) return `${escaped(question)} Send \`${escaped(again)}\` if so; nothing was done.`;
  const what = escaped(`${[operation.kind, about].filter(Boolean).join(' ')} of ${deploymentName(target)}`);
  const { ts } = await slack.chat.postMessage({ channel, text: `<@${userId}> asks for ${what}` });
  try {
    const { workflowId } = await operateOn(meridian, target, asked);
    await follow({ workflowId, channel, ts: String(ts) });
    return undefined;
  } catch (error) {
    await slack.chat.update({ channel, ts: String(ts), text: `${what} was not started` });
    throw error;
  }
}

async function deploy(text: string, context: SlashContext): Promise<string | undefined> {
  if (isTypedSentence(text)) {
    const words = await requestInWords(text, context);
    return words && begin(words, context);
  }
  const read = await requestFromText(text, context.requestsFolder);
  return 'problems' in read ? problemText(read) : begin(read, context);
}

/** The message comes first: a request whose answer nobody could see is not started. */
async function begin(
  { request, intake }: Pick<SubmitDeploymentInput, 'request' | 'intake'>,
  { meridian, slack, channel, userId, follow }: SlashContext,
): Promise<undefined> {
  const name = escaped(deploymentName(request));
  const { ts } = await slack.chat.postMessage({ channel, text: `<@${userId}> deploys ${name}` });
  try {
    const { workflowId } = await submitDeployment(meridian, { request, intake, requester: `slack:${userId}` });
    await follow({ workflowId, channel, ts: String(ts) });
    return undefined;
  } catch (error) {
    await slack.chat.update({ channel, ts: String(ts), text: `${name} was not started` });
    throw error;
  }
}

async function postAndFollow(workflowId: string, { slack, channel, follow }: SlashContext): Promise<void> {
  const { ts } = await slack.chat.postMessage({ channel, text: escaped(workflowId) });
  await follow({ workflowId, channel, ts: String(ts) });
}

async function statusOf(target: Target, { meridian }: SlashContext): Promise<string> {
  const { operation, progress } = await deploymentStatus(meridian, target);
  const queue = await queueOf(meridian, target);
  return [
    ...deploymentMessage({ workflowId: operation.workflowId, progress, plan: undefined }).blocks.flatMap((block) =>
      block.type === 'section' && block.text ? [block.text.text] : [],
    ),
    ...(queue ? queueLines(queue, operation.workflowId).map(escaped) : []),
  ].join('\n');
}

async function statusOfAll({ meridian }: SlashContext): Promise<string> {
  const rows = await withQueues(meridian, deploymentRows(await listDeployments(meridian)));
  if (rows.length === 0) return 'no deployments yet';
  return codeBlock(renderStatusList(rows).trimEnd().split('\n'), LISTED_CHARACTERS);
}
