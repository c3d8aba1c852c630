import type { Intake } from '../../../contracts/intake';
import type { PlatformKind } from '../../../contracts/region';
import type { DeploymentRequest } from '../../../contracts/request';
import { nothingToDo } from '../../../policies/nothing-to-do';
import { loadConfig } from '../../../temporal.config';
import { closeClient, connectClient, type MeridianClient } from '../../connection';
import { planDeployment } from '../../operations';
import { intakeOf, isSentence } from '../../requests-in-words';
import { askInWords, commandLine } from '../ask-in-words';
import { EXIT, EXIT_SOMETHING_TO_DO } from '../exit-codes';
import { onlyInWords } from '../only-in-words';
import { readCheckedRequest } from '../read-checked-request';
import { renderPlan } from '../render-plan';
import { renderRequestProblems } from '../render-problems';
import type { Terminal } from '../terminal';
import { defaultPlatform } from './deploy';

export interface PlanCommandInput {
  /** path of the request file, or the request in words */
  file: string;
  json?: boolean;
  details?: boolean;
  /** exit with 2 when there is something to do, with 0 when not; a request that is not valid then ends with 1 */
  detailedExitcode?: boolean;
  /** to questions that a request in words leaves open, each `key=value` */
  answer?: readonly string[];
  by: string;
  signal?: AbortSignal;
  /** the server to use; default: the configured one */
  connect?: () => Promise<MeridianClient>;
  /** as for `runDeploy` */
  platform?: PlatformKind;
}

const DEPLOY = 'npm run meridian -- deploy';

interface Planned {
  request: DeploymentRequest;
  intake?: Intake;
}

/** Shows what a request would do. With `json`: the plan, its decisions and the ledger as one document. */
export async function runPlan(input: PlanCommandInput, terminal: Terminal): Promise<number> {
  const { file, connect = () => connectClient(loadConfig()) } = input;
  const noRequest = input.detailedExitcode ? EXIT.failed : EXIT.badInput;
  if (isSentence(file)) {
    const meridian = await connect();
    try {
      const words = await askInWords(meridian, {
        ...{ command: 'npm run meridian -- plan', sentence: file, answers: input.answer ?? [], terminal },
        ...{ platform: input.platform ?? defaultPlatform(), json: input.json, signal: input.signal },
      });
      if (!words) return noRequest;
      const exitCode = await showPlan(meridian, { request: words.request, intake: intakeOf(words) }, input, terminal);
      terminal.err(`\nnothing was written or started; deploy it with\n  ${commandLine(DEPLOY, words)}\n`);
      return exitCode;
    } finally {
      await closeClient(meridian);
    }
  }
  onlyInWords(input);
  const checked = await readCheckedRequest(file);
  if ('problems' in checked) {
    terminal.err(renderRequestProblems(file, checked.problems, terminal.errColors));
    return noRequest;
  }
  const meridian = await connect();
  try {
    return await showPlan(meridian, checked, input, terminal);
  } finally {
    await closeClient(meridian);
  }
}

async function showPlan(
  meridian: MeridianClient,
  { request, intake }: Planned,
  { json, details, detailedExitcode, by }: PlanCommandInput,
  terminal: Terminal,
): Promise<number> {
  const result = await planDeployment(meridian, { request, requester: by, intake });
  if (json) terminal.out(`${JSON.stringify({ ...(intake && { intake, request }), ...result }, undefined, 2)}\n`);
  else {
    terminal.out(
      renderPlan(result.plan, { budgetUsdPerMonth: request.budget.usdPerMonth, details }, terminal.outColors),
    );
    for (const { about, choice, decidedBy, reason } of result.decisions)
      terminal.out(`decided by ${decidedBy}: ${about} → ${choice} (${reason})\n`);
    if (result.notApprovable) terminal.err(`a deployment of this would end unapproved: ${result.notApprovable}\n`);
  }
  return detailedExitcode && !nothingToDo(result.plan) ? EXIT_SOMETHING_TO_DO : EXIT.ok;
}
