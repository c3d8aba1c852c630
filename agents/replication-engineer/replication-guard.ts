import type { StoreWish } from '../../contracts/replication';
import type { ReplicationOption, StoreQuestion } from '../../policies/replication-options';
import { unfitAdvice } from '../advice-words';
import type { Guarded } from '../loop/agent';
import { LONGEST_WHY, LONGEST_WORDS, quoted, said } from '../loop/said';
import type { ReplicationAnswer } from './answer-schema';
import type { ReplicationChoice, ReplicationInput } from './replication-choice';
import { replicationWays, type Ways } from './replication-ways';
import { type StoreNames, storeNames } from './store-names';

const MOST_PROOFS = 3;
const MOST_VIOLATIONS = 6;

/** Holds a model's answer against the options that rules left open. Numbers are code's; a pick only says which. */
export function guardReplication(answer: ReplicationAnswer, input: ReplicationInput): Guarded<ReplicationChoice> {
  const { picks, refusals, unread } = readPicks(answer, input);
  const unpicked = input.questions.filter(({ store }) => !picks.has(store) && !refusals.has(store));
  const missing = unpicked.map(({ store }) => `picks: ${store} is missing; every store is picked once`);
  const broken = [...unread, ...refusals.values(), ...missing];
  const unfit = unfitAdvice('conflicts', [answer.weigh, answer.conflicts, ...answer.picks, ...answer.proof]);
  const violations = [...broken, ...(unfit ? [unfit] : [])].slice(0, MOST_VIOLATIONS);
  if (broken.length > 0) return { kind: 'refused', fields: ['picks'], violations };
  if (unfit) return { kind: 'refused', fields: ['weigh', 'picks', 'conflicts', 'proof'], violations };
  return { kind: 'accepted', choice: choiceOf(answer, picks, input, new Map()) };
}

/**
 * What is left of an answer that could not be corrected: good picks stand, for the others the rules' choice does. None
 * is left when no pick was good.
 */
export function salvageReplication(answer: ReplicationAnswer, input: ReplicationInput): ReplicationChoice | undefined {
  const { picks, refusals } = readPicks(answer, input);
  if (picks.size === 0 || unfitAdvice('conflicts', [answer.weigh, answer.conflicts, ...answer.picks, ...answer.proof]))
    return undefined;
  const unpicked = input.questions.filter(({ store }) => !picks.has(store));
  const refused = new Map(unpicked.map(({ store }) => [store, refusals.get(store) ?? 'no pick']));
  return choiceOf(answer, picks, input, refused);
}

interface Pick extends StoreWish {
  why: string;
}

function readPicks(answer: ReplicationAnswer, input: ReplicationInput) {
  const names = storeNames(input);
  const ways = replicationWays(input.questions);
  const picks = new Map<string, Pick>();
  /** by store */
  const refusals = new Map<string, string>();
  const unread: string[] = [];
  for (const line of answer.picks) {
    const read = readPick(line, input, { names, ways });
    if ('unread' in read) unread.push(read.unread);
    else if ('refusal' in read) refusals.set(read.store, read.refusal);
    else if (picks.has(read.store)) refusals.set(read.store, `picks: ${read.store} is picked twice`);
    else picks.set(read.store, read);
  }
  for (const store of refusals.keys()) picks.delete(store);
  return { picks, refusals, unread };
}

/** `store option`, `store option warn ms: why`. */
function readPick(
  line: string,
  { questions }: ReplicationInput,
  { names, ways }: { names: StoreNames; ways: Ways },
): Pick | { unread: string } | { store: string; refusal: string } {
  const match = /^\s*(\S+)\s+(\d{1,3})(?:\s+warn\s+(\d{1,9})(?:\s*ms)?)?\s*(?::\s*(.*))?$/is.exec(line);
  const [, name = '', option = '', warn, why = ''] = match ?? [];
  const store = names.storeOf(name);
  const question = questions.find((one) => one.store === store);
  if (!match || !question)
    return { unread: `picks: "${quoted(line)}" is not "store option warn ms: why" of a store in the data` };
  const picked = ways.optionOf(question, Number(option));
  if (!picked) {
    const valid = question.options.map(({ mode }) => ways.numberOf(mode)).join(', ');
    return { store: question.store, refusal: `picks: ${store} has options ${valid}, not ${option}` };
  }
  const refusal = pickProblem(question, picked, { option, warn });
  return refusal ? { store: question.store, refusal } : pickOf(question, picked, warn, why);
}

function pickOf(
  { store, lag }: StoreQuestion,
  { mode }: ReplicationOption,
  warn: string | undefined,
  why: string,
): Pick {
  const waits = mode.kind === 'synchronous' && { quorum: mode.quorum, whenDegraded: mode.whenDegraded };
  const lagThresholdMs = warn === undefined ? lag.ms : Number(warn);
  return {
    store,
    mode: mode.kind,
    ...waits,
    ...(lagThresholdMs !== lag.ms && { lagThresholdMs }),
    why: said(why, LONGEST_WHY),
  };
}

function pickProblem(
  { store, lag }: StoreQuestion,
  { blocked }: ReplicationOption,
  { option, warn }: { option: string; warn: string | undefined },
): string | undefined {
  if (blocked) return `picks: ${store} option ${option} is blocked: ${blocked}`;
  const ms = Number(warn ?? lag.ms);
  if (warn !== undefined && (ms < lag.least || ms > lag.most))
    return `picks: ${store} warn ${ms} ms; valid is ${lag.least} to ${lag.most} ms`;
  return undefined;
}

function choiceOf(
  answer: ReplicationAnswer,
  picks: ReadonlyMap<string, Pick>,
  input: ReplicationInput,
  refused: ReadonlyMap<string, string>,
): ReplicationChoice {
  const names = storeNames(input);
  return {
    wishes: {
      stores: [...picks.values()].map(({ why: _, ...wish }) => wish),
      order: answer.order.flatMap((name) => names.storeOf(name) ?? []),
    },
    reason: said(answer.weigh, LONGEST_WORDS),
    whys: [
      ...[...picks.values()].map(({ store, why }) => ({ store, why })),
      ...[...refused].map(([store, why]) => ({
        store,
        why: `as rules say, the pick was refused (${why})`,
        refused: true as const,
      })),
    ].filter(({ why }) => why !== ''),
    conflicts: said(answer.conflicts, LONGEST_WORDS),
    proofs: answer.proof.slice(0, MOST_PROOFS).map((check) => said(check, LONGEST_WHY)),
  };
}
