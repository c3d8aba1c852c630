import type { PlatformKind } from '../../../contracts/region';
import { loadConfig } from '../../../temporal.config';
import { ClientProblem } from '../../client-problem';
import { closeClient, connectClient, type MeridianClient } from '../../connection';
import { isSentence } from '../../requests-in-words';
import { carryOut } from '../carry-out';
import { EXIT } from '../exit-codes';
import { onlyInWords } from '../only-in-words';
import { readCheckedRequest } from '../read-checked-request';
import { renderRequestProblems } from '../render-problems';
import { processTerminal, type Terminal } from '../terminal';
import { runDeployInWords } from './deploy-in-words';

export interface RunDeployInput {
  /** path of the request file, or the request in words */
  file: string;
  /** approve the plan after showing it */
  yes?: boolean;
  /** print the report document, and nothing else, on `terminal.out` */
  json?: boolean;
  /** return as soon as the deployment has its number */
  detach?: boolean;
  /** also put back what was changed by hand */
  revertDrift?: boolean;
  /** to questions that a request in words leaves open, each `key=value` */
  answer?: readonly string[];
  /** where a request in words is written */
  out?: string;
  by: string;
  terminal?: Terminal;
  /** aborted: stop watching; the deployment goes on */
  signal?: AbortSignal;
  /** the server to use; default: the configured one */
  connect?: () => Promise<MeridianClient>;
  /** where a request in words that names no platform is deployed; default: the lab of a local environment, else aws */
  platform?: PlatformKind;
}

/**
 * Carries a request to its verdict: checks it, submits it, shows progress, asks for or gives the approval, prints
 * the verdict. Returns the exit code. Throws a ClientProblem when server or worker do not answer.
 */
export async function runDeploy(input: RunDeployInput): Promise<number> {
  const { file, terminal = processTerminal(), connect = () => connectClient(loadConfig()), answer = [] } = input;
  if (isSentence(file)) {
    const { platform = defaultPlatform() } = input;
    return runDeployInWords({ ...input, sentence: file, answers: answer, platform, terminal, connect });
  }
  onlyInWords(input);
  const checked = await readCheckedRequest(file);
  if ('problems' in checked) {
    terminal.err(renderRequestProblems(file, checked.problems, terminal.errColors));
    return EXIT.badInput;
  }
  const { request } = checked;
  if (input.yes && request.environment === 'production') throw ownYes();
  const needsPerson = request.rollout.approval !== 'none' && !input.yes && !input.detach;
  if (needsPerson && !terminal.canAsk) throw nobodyToAsk();
  const meridian = await connect();
  try {
    return await carryOut(meridian, { ...input, request, requester: input.by, terminal });
  } finally {
    await closeClient(meridian);
  }
}

/** A local environment has a lab; elsewhere it is the cloud. */
export function defaultPlatform(): PlatformKind {
  return loadConfig().lab.url === undefined ? 'aws' : 'lab';
}

/** Nobody approves their own request there: the deployment would wait for somebody else all the same. */
function ownYes(): ClientProblem {
  return new ClientProblem(
    'bad-input',
    '--yes cannot approve for production, where somebody else than the requester must; nothing was started',
    'leave --yes out, or pass --detach; another person decides with "meridian approve"',
  );
}

/** Found out before anything starts: later, the deployment would wait for an answer that cannot come. */
function nobodyToAsk(): ClientProblem {
  return new ClientProblem(
    'bad-input',
    'the plan needs an approval and there is no terminal to ask on; nothing was started',
    'pass --yes to approve it, or --detach and use "meridian approve" from elsewhere',
  );
}
