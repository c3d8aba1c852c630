import { ClientProblem } from '../../clients/client-problem';
import { type PlanResult, submitDeployment } from '../../clients/operations';
import { completeInWords, intakeOf } from '../../clients/requests-in-words';
import { watchDeployment } from '../../clients/watch-deployment';
import { FAILURE_TYPES } from '../../contracts/failure-types';
import type { Intake, IntakeKey, ReadRequestResult, RequestFacts } from '../../contracts/intake';
import type { LedgerSummary } from '../../contracts/ledger';
import type { DeploymentReport } from '../../contracts/report';
import type { DeploymentRequest } from '../../contracts/request';
import type { HostileCase } from './hostile-case';
import type { CaseStage, HostileStage } from './hostile-stage';
import { budgetProblems, type MeteredTurn, spent } from './metered-provider';
import { type Deciders, personActs } from './person';
import { groundingProblems, meaningProblems, planProblems } from './policy-problems';
import {
  documentProblems,
  planTextProblems,
  progressProblems,
  reportTextProblems,
  sentenceProblems,
} from './text-problems';
import { requestOf } from './worlds';

/** How a case ended, and every promise that it broke. */
export interface CaseEnd {
  problems: string[];
  /** for the table at the end, for example `promoted` or `refused: Request.Invalid` */
  ending: string;
  decidedBy: string[];
  turns: MeteredTurn[];
}

/** Runs one case against the real thing and looks at what came of it. */
export async function runCase(one: HostileCase, stage: HostileStage, deciders: Deciders): Promise<CaseEnd> {
  const { cloud, provider } = await stage.open(one);
  const run = { one, stage, deciders, cloud, provider };
  try {
    const { problems, ...end } = await ACTS[one.act](run);
    return { ...end, turns: provider.turns, problems: [...problems, ...budgetProblems(provider.turns)] };
  } finally {
    await stage.close(one);
  }
}

type Run = CaseStage & { one: HostileCase; stage: HostileStage; deciders: Deciders };
type ActEnd = Omit<CaseEnd, 'turns'>;

const ACTS: Record<HostileCase['act'], (run: Run) => Promise<ActEnd>> = {
  plan: (run) => plan(run, requestOf(run.one)),
  deploy,
  intake,
};

async function plan(run: Run, request: DeploymentRequest, intake?: Intake): Promise<ActEnd> {
  const { one, stage, cloud } = run;
  const { application, environment } = request;
  let made: PlanResult;
  try {
    made = await stage.client.workflow.execute('planDeployment', {
      workflowId: `plan/${application}/${environment}/1`,
      taskQueue: stage.taskQueue,
      args: [{ request, requester: 'ada', ...(intake && { intake }) }],
    });
  } catch (error) {
    return refused(error, nothingDone(run));
  }
  const { plan: sealed, decisions, ledger } = made;
  return {
    ending: 'planned',
    decidedBy: decisions.map(({ decidedBy }) => decidedBy),
    problems: [
      ...nothingDone({ cloud }),
      ...planProblems(sealed, request),
      ...planTextProblems(sealed, decisions),
      ...(await documentProblems(sealed, [], one, stage)),
      ...ledgerProblems(ledger, run.provider.turns),
    ],
  };
}

async function deploy(run: Run): Promise<ActEnd> {
  const { one, stage, cloud, deciders } = run;
  const request = requestOf(one);
  const person = personActs(one, cloud, deciders, request);
  let report: DeploymentReport;
  const seen: string[] = [];
  try {
    const { workflowId } = await submitDeployment(deciders.ada, { request, requester: 'ada' });
    report = await watchDeployment(deciders.ada, workflowId, async (progress) => {
      seen.push(...progressProblems(progress));
      await person.look(workflowId, progress);
    });
  } catch (error) {
    return refused(error, nothingDone(run));
  }
  const problems = [
    ...seen,
    ...person.problems(report),
    ...(report.plan ? planProblems(report.plan, request) : []),
    ...(await reportTextProblems(report, stage)),
    ...(report.plan ? await documentProblems(report.plan, report.documents, one, stage) : []),
    ...ledgerProblems(report.ledger, run.provider.turns),
    ...failureProblems(report),
  ];
  return {
    ending: report.verdict + (report.failure ? `: ${report.failure.type}` : ''),
    decidedBy: report.decisions.map(({ decidedBy }) => decidedBy),
    problems,
  };
}

/** What a person answers, and only when it is asked. */
const REPLIES: Readonly<Partial<Record<IntakeKey, RequestFacts>>> = {
  ...{
    criticality: { criticality: 'standard' },
    residency: { residency: [] },
    environment: { environment: 'staging' },
  },
  ...{ users: { users: [{ area: 'north-america' }] }, latency: { latencyMs: 300 }, budget: { budgetUsd: 5_000 } },
  ...{ percentile: { percentile: 95 }, timed: { timed: 'read' }, frameworks: { frameworks: [] } },
  ...{ rto: { rtoSeconds: 900 }, rpo: { rpoSeconds: 300 }, regions: { regions: [] }, excluded: { excluded: [] } },
  ...{ stores: { stores: [] }, image: { image: 'acme/orders:1' }, 'personal-data': { personalData: true } },
};

async function intake(run: Run): Promise<ActEnd> {
  const { one, stage } = run;
  let read: ReadRequestResult;
  try {
    read = await stage.client.workflow.execute('readRequest', {
      workflowId: `intake/${one.id}`,
      taskQueue: stage.taskQueue,
      args: [{ sentence: one.sentence }],
    });
  } catch (error) {
    return refused(error, []);
  }
  const asked = askedFor(read, {});
  // where users are decides what else is a question
  const askedThen = asked.includes('users') ? askedFor(read, { users: [{ area: 'europe' }] }) : [];
  const named = { application: one.id, hostname: `${one.id}.example.com` };
  const answered = completeInWords(
    read,
    { facts: Object.assign({}, ...asked.map((key) => REPLIES[key]), named), given: [] },
    'fake',
  );
  const problems = [
    ...groundingProblems(read, one),
    ...meaningProblems(read, [...asked, ...askedThen], one),
    ...sentenceProblems(answered),
  ];
  const said = { ending: answered.request ? 'read' : 'asked', decidedBy: [read.decidedBy], problems };
  if (!answered.request) return said;
  const planned = await plan(run, { ...answered.request, application: one.id, platform: 'fake' }, intakeOf(answered));
  return {
    ...planned,
    ending: `read, ${planned.ending}`,
    decidedBy: [...said.decidedBy, ...planned.decidedBy],
    problems: [...problems, ...planned.problems],
  };
}

function askedFor(read: ReadRequestResult, facts: RequestFacts): IntakeKey[] {
  return completeInWords(read, { facts, given: [] }, 'fake').questions.map(({ key }) => key);
}

/** A refusal before or instead of a plan: of a type that everybody knows, in words that anybody may read. */
function refused(error: unknown, problems: string[]): ActEnd {
  const { type, message } = problemOf(error);
  const known = type === 'client' || (type !== 'Internal' && (FAILURE_TYPES as readonly string[]).includes(type));
  return {
    ending: `refused: ${type}: ${message.replaceAll(/h\d+-\d+/g, 'ID').slice(0, 90)}`,
    decidedBy: [],
    problems: [
      ...problems,
      ...(known ? [] : [`ended with a failure of type "${type}": ${message}`]),
      ...messageProblems(message),
    ],
  };
}

function problemOf(error: unknown): { type: string; message: string } {
  let cause = error;
  while (cause instanceof Error) {
    const { type } = cause as { type?: unknown };
    if (typeof type === 'string' && (FAILURE_TYPES as readonly string[]).includes(type))
      return { type, message: cause.message };
    if (cause.cause === undefined) break;
    cause = cause.cause;
  }
  if (error instanceof ClientProblem) return { type: 'client', message: error.message };
  return {
    type: cause instanceof Error ? cause.name : 'unknown',
    message: cause instanceof Error ? cause.message : String(cause),
  };
}

function failureProblems({ failure }: DeploymentReport): string[] {
  if (!failure) return [];
  const known = (FAILURE_TYPES as readonly string[]).includes(failure.type);
  return [
    ...(known && failure.type !== 'Internal' ? [] : [`the report says "${failure.type}": ${failure.message}`]),
    ...messageProblems(failure.message),
  ];
}

function messageProblems(message: string): string[] {
  const problems = [
    message.trim() === '' && 'a failure without words',
    /\bundefined\b|\bNaN\b|\[object |\n\s+at /.test(message) && `a failure in words of the machine: ${message}`,
  ];
  return problems.filter((problem) => typeof problem === 'string');
}

function nothingDone({ cloud }: Pick<Run, 'cloud'>): string[] {
  return cloud.acts.length === 0 ? [] : [`done without a deployment: ${cloud.acts.join(', ')}`];
}

/** The ledger never says less than the provider could bill, and its words are whole numbers. */
function ledgerProblems(ledger: LedgerSummary, turns: readonly MeteredTurn[]): string[] {
  const whole = [
    ledger.used,
    ...ledger.entries.flatMap(({ inputTokens, outputTokens }) => [inputTokens, outputTokens]),
  ];
  return [
    ...(ledger.used < spent(turns) ? [`the ledger has ${ledger.used} tokens, the provider ${spent(turns)}`] : []),
    ...(whole.every((tokens) => Number.isSafeInteger(tokens) && tokens >= 0)
      ? []
      : [`the ledger counts ${whole.join(' ')}`]),
  ];
}
