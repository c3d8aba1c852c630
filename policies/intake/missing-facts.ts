import type { IntakeKey, RequestFacts, Unclear } from '../../contracts/intake';
import type { PlatformKind } from '../../contracts/region';
import { validAnswer } from './fact-lines';

/** Something that must be answered: what is asked, what may be answered, and what made it a question. */
export interface Question {
  key: IntakeKey;
  question: string;
  valid: string;
  why?: string;
}

const QUESTIONS: Readonly<Record<IntakeKey, string>> = {
  application: 'what is the application called?',
  environment: 'which environment is meant?',
  criticality: 'how critical is it?',
  platform: 'on which platform?',
  hostname: 'under which host name is it reached? Its DNS records are made there',
  users: 'where are its users?',
  percentile: 'for which percent of requests must the latency hold?',
  latency: 'how fast must it answer?',
  timed: 'is the latency that of reads or of writes?',
  frameworks: 'which laws and standards apply?',
  'personal-data': 'does it keep personal data?',
  residency: 'must users and their data stay in one jurisdiction?',
  budget: 'what may it cost a month, in US dollars?',
  rto: 'how soon after an outage must it be back?',
  rpo: 'how much time of writes may be lost?',
  regions: 'which regions are wanted?',
  excluded: 'which regions are not wanted?',
  image: 'which container image is the service?',
  stores: 'which databases does it have?',
  consistency: 'may readers far from the primary see writes a moment later? (strong sends every read to one region)',
};

/** Laws that can mean that data must stay: whether they do is a lawyer's question, so it is asked. */
const LAW_JURISDICTION: Readonly<Record<string, string>> = { gdpr: 'eu', lgpd: 'br' };
const EU_AREAS: readonly string[] = ['europe', 'european-union', 'worldwide'];

/** What must be asked, most weighty first: what must not be guessed, what cannot be, and what is not clear. */
export function missingFacts(facts: RequestFacts, platform: PlatformKind, unclear: readonly Unclear[]): Question[] {
  const needed: Array<[key: IntakeKey, isMissing: boolean]> = [
    ['residency', facts.residency === undefined && suggestsResidency(facts)],
    ['criticality', facts.criticality === undefined],
    ['application', facts.application === undefined],
    ['users', facts.users === undefined],
    ['latency', facts.latencyMs === undefined],
    ['budget', facts.budgetUsd === undefined],
    ['hostname', facts.hostname === undefined && platform === 'aws'],
    ['image', facts.image === undefined && platform === 'aws'],
    ['consistency', facts.consistency === undefined && readsFromAfar(facts)],
  ];
  const keys = needed.filter(([, isMissing]) => isMissing).map(([key]) => key);
  const doubtful = unclear.map(({ key }) => key).filter((key) => !isAnswered(key, facts));
  return [...new Set([...keys, ...doubtful])].map((key) => {
    const why = unclear.find((one) => one.key === key)?.why;
    const asked =
      key === 'residency' ? residencyQuestion(facts) : { question: QUESTIONS[key], valid: validAnswer(key) };
    return { key, ...asked, ...(why && { why }) };
  });
}

function isAnswered(key: IntakeKey, facts: RequestFacts): boolean {
  return facts[FIELDS[key] ?? (key as keyof RequestFacts)] !== undefined;
}

const FIELDS: Readonly<Partial<Record<IntakeKey, keyof RequestFacts>>> = {
  latency: 'latencyMs',
  budget: 'budgetUsd',
  rto: 'rtoSeconds',
  rpo: 'rpoSeconds',
  'personal-data': 'personalData',
};

function suggestsResidency({ frameworks = [], users = [], personalData }: RequestFacts): boolean {
  return (
    personalData === true ||
    frameworks.some((law) => law in LAW_JURISDICTION) ||
    users.some(({ area }) => EU_AREAS.includes(area))
  );
}

/** With one region for every read, users on another continent never see a latency that was meant for near ones. */
function readsFromAfar({ stores = [], users = [] }: RequestFacts): boolean {
  const isReplicated = stores.some(({ engine }) => engine === 'postgresql' || engine === 'dynamodb');
  return isReplicated && (users.length > 1 || users.some(({ area }) => area === 'worldwide'));
}

/** Users of the EU, by the law that was named or by where they are, make it the EU's question. */
function residencyQuestion({ frameworks = [], users = [] }: RequestFacts): Pick<Question, 'question' | 'valid'> {
  const valid = validAnswer('residency');
  const law = frameworks.find((one) => one in LAW_JURISDICTION);
  const isEu = law === 'gdpr' || (!law && users.some(({ area }) => EU_AREAS.includes(area)));
  if (!isEu) return { question: QUESTIONS.residency, valid };
  const others = users.map(({ area }) => area).filter((area) => area !== 'european-union');
  const price = others.length > 0 ? `; users in ${others.join(', ')} are served from there, too` : '';
  return {
    question:
      `must EU users' data stay in the EU? eu: users in the EU are served and stored there only, and every region is there${price}` +
      '; none: they may be served and stored in any region.',
    valid,
  };
}
