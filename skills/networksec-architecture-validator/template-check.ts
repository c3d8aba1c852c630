import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { StandardReport } from '@aws/cloudformation-validate';

/** How long the engine is kept without work: it holds about 300 MB. */
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

interface CheckThread {
  worker: Worker;
  waiting: Map<number, Waiting>;
  idle?: NodeJS.Timeout;
}

let thread: CheckThread | undefined;
let lastId = 0;

/**
 * Runs CloudFormation's own checks over templates, in a thread of its own: getting ready takes some
 * seconds of a processor (1.9.0-beta: 3 s, then 5 to 70 ms a template) and would stop everything else in the process.
 * Starts the engine when it is not running; after half a minute without work it ends.
 */
export function checkTemplates(templates: Array<{ text: string; region: string }>): Promise<TemplateReport[]> {
  thread ??= startThread();
  const { worker, waiting, idle } = thread;
  clearTimeout(idle);
  lastId += 1;
  const id = lastId;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    // Only a check that somebody waits for keeps the process alive.
    worker.ref();
    worker.postMessage({ id, templates });
  });
}

function startThread(): CheckThread {
  const worker = new Worker(join(__dirname, 'template-check-thread.mjs'));
  const started: CheckThread = { worker, waiting: new Map() };
  worker.unref();
  worker.on('message', (answer: Answer) => settle(started, answer));
  worker.on('error', (error) => end(started, error));
  worker.on('exit', () => end(started, new Error('the template check ended before it answered')));
  return started;
}

function settle(from: CheckThread, { id, reports, error }: Answer): void {
  const waiting = from.waiting.get(id);
  from.waiting.delete(id);
  if (from.waiting.size === 0) rest(from);
  if (reports) waiting?.resolve(reports);
  else waiting?.reject(new Error(`the template check failed: ${error}`));
}

function rest(from: CheckThread): void {
  from.worker.unref();
  from.idle = setTimeout(() => void from.worker.terminate(), IDLE_MS).unref();
}

/** The next check starts a new thread. */
function end(ended: CheckThread, reason: Error): void {
  if (thread === ended) thread = undefined;
  for (const { reject } of ended.waiting.values()) reject(reason);
  ended.waiting.clear();
}
