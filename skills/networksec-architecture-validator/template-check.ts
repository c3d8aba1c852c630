import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { StandardReport } from '@aws/cloudformation-validate';

/** How long the engine is kept without work: it holds about 300 MB, and a deployment that follows soon needs it again. */
const IDLE_MS = 30_000;

export type TemplateReport = Pick<StandardReport, 'status' | 'diagnostics'>;

interface Answer {
  id: number;
  reports?: TemplateReport[];
  error?: string;
}

interface Waiting {
  resolve(reports: TemplateReport[]): void;
  reject(error: Error): void;
}

interface Checker {
  child: ChildProcess;
  waiting: Map<number, Waiting>;
  idle?: NodeJS.Timeout;
}

let checker: Checker | undefined;
let lastId = 0;

/**
 * Runs CloudFormation's own checks over templates, in a process of its own: getting ready takes some seconds of a
 * processor (1.9.0-beta: 1 to 3 s, then 5 to 70 ms a template) and would stop everything else here, and only the end
 * of a process gives its memory back. Starts one when none runs; it ends when it has nothing to do for a while.
 */
export function checkTemplates(templates: Array<{ text: string; region: string }>): Promise<TemplateReport[]> {
  checker ??= startChecker();
  const { child, waiting, idle } = checker;
  clearTimeout(idle);
  lastId += 1;
  const id = lastId;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    keepAlive(child, true);
    child.send({ id, templates });
  });
}

function startChecker(): Checker {
  const child = fork(join(__dirname, 'template-check-process.mjs'), { execArgv: [] });
  const started: Checker = { child, waiting: new Map() };
  keepAlive(child, false);
  child.on('message', (answer: Answer) => settle(started, answer));
  child.on('error', (error) => end(started, error));
  child.on('exit', () => end(started, new Error('the template check ended before it answered')));
  return started;
}

/** Only a check that somebody waits for keeps this process alive. */
function keepAlive(child: ChildProcess, alive: boolean): void {
  if (alive) {
    child.ref();
    child.channel?.ref();
  } else {
    child.unref();
    child.channel?.unref();
  }
}

function settle(from: Checker, { id, reports, error }: Answer): void {
  const waiting = from.waiting.get(id);
  from.waiting.delete(id);
  if (from.waiting.size === 0) rest(from);
  if (reports) waiting?.resolve(reports);
  else waiting?.reject(new Error(`the template check failed: ${error}`));
}

function rest(from: Checker): void {
  keepAlive(from.child, false);
  from.idle = setTimeout(() => from.child.kill(), IDLE_MS).unref();
}

/** The next check starts a new process. */
function end(ended: Checker, reason: Error): void {
  if (checker === ended) checker = undefined;
  for (const { reject } of ended.waiting.values()) reject(reason);
  ended.waiting.clear();
}
