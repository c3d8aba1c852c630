import { sizesIn } from '../../../policies/intake/sizes';
import { type SaidFacts, said, unclear } from './said-facts';

const ENGINES: ReadonlyArray<[engine: string, words: string]> = [
  ['postgresql', '(?:aurora )?(?:postgres(?:ql)?|postgre)'],
  ['dynamodb', 'dynamo ?(?:db)?'],
  ['s3', 's3'],
];
const OTHER_ENGINES =
  /\b(?:redis|elasticache|valkey|memcached|mysql|mariadb|mongo(?:db)?|cassandra|kafka|opensearch|elasticsearch|oracle(?! cloud)|sql server|cockroach\w*|sqlite|neo4j|rabbitmq|clickhouse|snowflake|bigquery)\b/gi;
const STATELESS = /\b(?:stateless|no (?:database|data ?store|state)|without (?:a )?(?:database|data ?store|state))\b/i;
/** Something that keeps data, of no kind in particular. */
const NO_ENGINE = /\b(?:databases?|data ?stores?|buckets?)\b/i;
const KIND = '(?: (?:database|db|table|bucket|instance|cluster|store|data ?store))?';
const NAME = '["\'\u201c]?([A-Za-z][A-Za-z0-9-]{0,30}[A-Za-z0-9])["\'\u201d]?(?![\\w.])';
/** "a postgres database called ledger": what follows a store is its name, and not the application's. */
const STORE_NAME = new RegExp(
  `\\b(?:${ENGINES.map(([, words]) => words).join('|')}|database|table|bucket|data ?store)${KIND},? (?:that is |which is )?(?:called|named) ${NAME}`,
  'gi',
);
const SMALLEST_GB = 20;
/** A size this far from an engine (characters, and more across a comma) is not its size. */
const FARTHEST_SIZE = 90;
const CLAUSE_COST = 40;

/** A text without the names of its data stores. */
export function withoutStoreNames(text: string): string {
  return text.replace(STORE_NAME, ' ; ');
}

/** Engines, with the names and sizes that stand beside them. */
export function readStores(sentence: string): SaidFacts {
  const others = [...new Set([...sentence.matchAll(OTHER_ENGINES)].map(([word]) => `"${word}"`))];
  if (others.length > 0) return unclear('stores', `there is no template for ${others.join(' and ')}`);
  const found = ENGINES.flatMap(([engine, words]) => {
    const match = new RegExp(`\\b${words}\\b`, 'i').exec(sentence);
    return match ? [{ engine, start: match.index, end: match.index + match[0].length }] : [];
  });
  const isStateless = STATELESS.test(sentence);
  if (isStateless && found.length > 0)
    return unclear(
      'stores',
      `the sentence says that it keeps no data, and names ${found.map(({ engine }) => engine).join(', ')}`,
    );
  if (isStateless) return said('stores', 'none');
  const vague = NO_ENGINE.exec(sentence)?.[0];
  const isBucketAlone = /\bbuckets?\b/i.test(sentence) && !found.some(({ engine }) => engine === 's3');
  if (isBucketAlone || (vague && found.length === 0))
    return unclear('stores', `"${isBucketAlone ? 'bucket' : vague}" names no engine`);
  const lines = found.map((one) => {
    const name = nameOf(one, found, sentence);
    const gb = sizeOf(one, found, sentence);
    return `${name ? `${name.toLowerCase()}: ` : ''}${one.engine}${gb ? ` ${gb} GB` : ''}`;
  });
  return said('stores', lines.join(', ') || undefined);
}

interface Found {
  engine: string;
  start: number;
  end: number;
}

/** The name goes to the engine that it follows; with one engine it can be that of nothing else. */
function nameOf(one: Found, found: readonly Found[], sentence: string): string | undefined {
  const names = [...sentence.matchAll(STORE_NAME)];
  const mine = names.find(({ index = 0, 0: text }) => one.start >= index && one.start < index + text.length);
  return (mine ?? (found.length === 1 && names.length === 1 ? names[0] : undefined))?.[1];
}

function sizeOf(one: Found, found: readonly Found[], sentence: string): number | undefined {
  const gap = (engine: Found, size: { start: number; end: number }) => {
    const isBefore = size.end <= engine.start;
    const between = isBefore ? sentence.slice(size.end, engine.start) : sentence.slice(engine.end, size.start);
    return between.length + CLAUSE_COST * (between.match(/[,;.]|\band\b/g) ?? []).length;
  };
  const sizes = sizesIn(sentence).filter((size) => {
    const nearest = [...found].sort((a, b) => gap(a, size) - gap(b, size))[0];
    const isOther = /^\s*(?:of )?(?:memory|ram|traffic|egress|transfer|(?:a|per|\/) ?(?:day|month|task|hour|second))/i;
    return nearest === one && gap(one, size) <= FARTHEST_SIZE && !isOther.test(sentence.slice(size.end));
  });
  const gb = sizes.length === 1 ? sizes[0]?.gb : undefined;
  return gb !== undefined && gb >= SMALLEST_GB && Number.isInteger(gb) ? gb : undefined;
}
