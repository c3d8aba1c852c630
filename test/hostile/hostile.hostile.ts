import { hostileCases } from './cases';
import type { HostileCase } from './hostile-case';
import { type HostileStage, startHostileStage } from './hostile-stage';
import { people } from './person';
import { type CaseEnd, runCase } from './run-case';

const SEED = Number(process.env.HOSTILE_SEED ?? Date.now() % 1_000_000);
const SCALE = process.env.HOSTILE === 'long' ? 10 : 1;
const ONLY = process.env.HOSTILE_ONLY;
/** Most of a case is waiting: for timers of ten seconds, for providers that hang. */
const AT_ONCE = 12;
/** A case that takes longer hangs. */
const LONGEST_MS = 90_000;

const cases = hostileCases(SEED, SCALE).filter(({ id }) => ONLY === undefined || new RegExp(`^(${ONLY})$`).test(id));
const ends = new Map<string, Promise<CaseEnd>>();
let stage: HostileStage;

beforeAll(async () => {
  process.stdout.write(`hostile suite, HOSTILE_SEED=${SEED}, ${cases.length} cases\n`);
  const { approvers, connect } = people();
  stage = await startHostileStage(approvers);
  const deciders = connect(stage);
  runAll((one) => withinTime(runCase(one, stage, deciders)));
}, 120_000);
afterAll(async () => {
  const all = await Promise.allSettled(ends.values());
  process.stdout.write(table(all.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))));
  await stage.stop();
}, 120_000);

/** Starts all cases in order, some of them at once; each `it` waits for its own. */
function runAll(run: (one: HostileCase) => Promise<CaseEnd>): void {
  const settle = new Map<string, (end: Promise<CaseEnd>) => void>();
  for (const { id } of cases) ends.set(id, new Promise((resolve) => settle.set(id, resolve)));
  const waiting = [...cases];
  const lane = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      const end = run(one);
      settle.get(one.id)?.(end);
      await end.catch(() => undefined);
    }
  };
  for (let n = 0; n < AT_ONCE; n++) void lane();
}

async function withinTime(end: Promise<CaseEnd>): Promise<CaseEnd> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`hangs for more than ${LONGEST_MS / 1_000} s`)), LONGEST_MS);
  });
  return Promise.race([end, late]).finally(() => clearTimeout(timer));
}

it.each(cases.map((one) => [one.id, one.category, one] as const))(
  '%s: %s',
  async (id, _category, one) => {
    const repeat = `HOSTILE_SEED=${SEED} HOSTILE_ONLY=${id}${SCALE > 1 ? ' HOSTILE=long' : ''}`;
    let end: CaseEnd;
    try {
      end = (await ends.get(id)) as CaseEnd;
    } catch (error) {
      throw new Error(`${repeat}: ${error instanceof Error ? error.stack : error}\n${shown(one)}`);
    }
    if (end.problems.length === 0) return;
    const { problems, ending, turns } = end;
    throw new Error(
      `${repeat}: ${ending}\n${[...new Set(problems)].join('\n')}\n${shown(one)}\nmessages: ${shown(turns)}`,
    );
  },
  1_800_000,
);

function shown(value: unknown): string {
  const text = JSON.stringify(value, undefined, 1);
  return text.length > 3_000 ? `${text.slice(0, 3_000)}…` : text;
}

/** How the cases ended and who decided: a suite in which nothing is ever decided by a model would prove little. */
function table(all: readonly CaseEnd[]): string {
  const counted = new Map<string, number>();
  const count = (what: string) => counted.set(what, (counted.get(what) ?? 0) + 1);
  for (const { ending, decidedBy, turns } of all) {
    count(`ended ${ending}`);
    for (const who of decidedBy) count(`decided by ${who}`);
    for (const { outcome, purpose } of turns) count(`${purpose} ${outcome}`);
  }
  return [...counted]
    .sort()
    .map(([what, n]) => `${String(n).padStart(6)}  ${what}\n`)
    .join('');
}
