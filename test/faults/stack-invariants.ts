import { createHash } from 'node:crypto';
import type { Intent } from '../../contracts/record';
import type { StackRef, StackStatus } from '../../contracts/stack';

/** A stack as its cloud shows it. */
export interface SeenStack {
  ref: StackRef;
  status: StackStatus;
  template: string;
  parameters: Record<string, string>;
}

/** What a cloud did to a stack, by its own log. */
export interface SeenAct {
  ref: Pick<StackRef, 'region' | 'kind'>;
  effect: 'created' | 'changed' | 'destroyed';
  token?: string;
}

export type RunOutcome = 'complete' | 'compensated';

/** What one operation did to stacks, from before it to its end. */
export interface StackRun {
  outcome: RunOutcome;
  before: SeenStack[];
  after: SeenStack[];
  acts: SeenAct[];
  /** all that stands if the operation is complete */
  planned: Array<{ ref: StackRef; sha256: string }>;
  /** stacks that the approved plan removes */
  removed: StackRef[];
  /** what the operation said that it left behind */
  left: StackRef[];
  intents: Intent[];
}

/** Every promise about stacks that was broken, in words. Looks at the cloud's own state and log, and at the intents. */
export function judgeStacks(run: StackRun): string[] {
  const ended = run.outcome === 'complete' ? incomplete(run) : uncompensated(run);
  return [...ended, ...doubles(run), ...orphans(run), ...destroyed(run)];
}

/** Complete: every planned stack is there as planned, and nothing else is. */
function incomplete({ after, planned, left }: StackRun): string[] {
  const found = byName(after);
  const wrong: string[] = [];
  for (const { ref, sha256: digest } of planned) {
    const stack = found.get(nameOf(ref));
    found.delete(nameOf(ref));
    if (!stack) wrong.push(`incomplete: ${nameOf(ref)} is missing`);
    else if (stack.status !== 'ready') wrong.push(`incomplete: ${nameOf(ref)} is ${stack.status}`);
    else if (sha256(stack.template) !== digest) wrong.push(`incomplete: ${nameOf(ref)} is not as planned`);
  }
  for (const { ref } of found.values())
    if (!isAmong(left, ref)) wrong.push(`extra: ${nameOf(ref)} is in no plan and not left over by name`);
  return wrong;
}

/** Compensated: what was there is there as it was, and whatever else stands is named as left over. */
function uncompensated({ before, after, left }: StackRun): string[] {
  const found = byName(after);
  const wrong: string[] = [];
  for (const was of before) {
    const is = found.get(nameOf(was.ref));
    found.delete(nameOf(was.ref));
    if (isAmong(left, was.ref)) continue;
    if (!is) wrong.push(`lost: ${nameOf(was.ref)} was there before`);
    else if (is.status !== was.status) wrong.push(`not restored: ${nameOf(was.ref)} is ${is.status}`);
    else if (is.template !== was.template) wrong.push(`not restored: ${nameOf(was.ref)} has another template`);
    else if (JSON.stringify(is.parameters) !== JSON.stringify(was.parameters))
      wrong.push(`not restored: ${nameOf(was.ref)} has other parameters`);
  }
  for (const { ref, status } of found.values())
    if (!isAmong(left, ref)) wrong.push(`left behind: ${nameOf(ref)} (${status}) is not named as left over`);
  return wrong;
}

/** Never double: no token acts twice, nothing is made that stands, nothing changes more often than there and back. */
function doubles({ before, acts }: StackRun): string[] {
  const wrong: string[] = [];
  const standing = new Set(before.map(({ ref }) => placeOf(ref)));
  const tokens = new Set<string>();
  const applied = new Map<string, number>();
  for (const { ref, effect, token } of acts) {
    const place = placeOf(ref);
    if (token !== undefined && tokens.has(token)) wrong.push(`double: a token acted twice on ${place}`);
    if (token !== undefined) tokens.add(token);
    if (effect === 'created' && standing.has(place)) wrong.push(`double: ${place} was made while it stood`);
    if (effect === 'destroyed') standing.delete(place);
    else {
      standing.add(place);
      applied.set(place, (applied.get(place) ?? 0) + 1);
    }
  }
  for (const [place, times] of applied)
    if (times > 2) wrong.push(`double: ${place} was applied ${times} times, there and back are 2`);
  return wrong;
}

/** Never an orphan: the record knows of everything that stands, and does not call it gone. */
function orphans({ after, intents }: StackRun): string[] {
  return after.flatMap(({ ref }) => {
    const intent = intents.find((one) => nameOf(one.ref) === nameOf(ref));
    if (!intent) return [`orphan: ${nameOf(ref)} has no intent`];
    const gone = intent.verb === 'destroy' && intent.state === 'undone';
    return gone ? [`orphan: ${nameOf(ref)} stands, its intent says it is gone`] : [];
  });
}

/** Never present -> destroyed: what stood before is removed only where an approved plan removes it and was carried out. */
function destroyed({ outcome, before, acts, removed }: StackRun): string[] {
  const stood = new Set(before.map(({ ref }) => placeOf(ref)));
  const allowed = new Set(outcome === 'complete' ? removed.map(placeOf) : []);
  return acts
    .filter(({ ref, effect }) => effect === 'destroyed' && stood.has(placeOf(ref)) && !allowed.has(placeOf(ref)))
    .map(({ ref }) => `present -> destroyed: ${placeOf(ref)}`);
}

function isAmong(refs: StackRef[], ref: StackRef): boolean {
  return refs.some((one) => nameOf(one) === nameOf(ref));
}

function byName(stacks: SeenStack[]): Map<string, SeenStack> {
  return new Map(stacks.map((stack) => [nameOf(stack.ref), stack]));
}

export function nameOf({ region, name }: StackRef): string {
  return `${region}/${name}`;
}

function placeOf({ region, kind }: Pick<StackRef, 'region' | 'kind'>): string {
  return `${region}/${kind}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
