import { withoutStoreNames } from './read-stores';
import { type SaidFacts, said } from './said-facts';

const NAME = '[A-Za-z][A-Za-z0-9-]{0,30}[A-Za-z0-9]';
const NAMED = new RegExp(`\\b(?:called|named|application:?|app name:?) ["'\u201c]?(${NAME})(?![\\w.])`, 'i');
const BEFORE_NOUN = new RegExp(
  `(${NAME}) (?:web ?)?(?:rest |graphql )?(?:api|service|micro-?service|app|application|portal|shop|backend|back end|frontend|site|website|platform|store|system|gateway|dashboard)\\b`,
  'gi',
);
/** "checkout for APAC": where nothing is called an API or an app. */
const AT_START = new RegExp(
  `^(?:please )?(?:deploy|run|launch|set up|host|ship|put)? ?(?:our |the |my |a |an )?(${NAME}) (?:for|in|to|on|with)\\b`,
  'i',
);
/** Words that stand before such a noun and name nothing. */
const NO_NAMES = new Set(
  (
    'not no never only nothing nobody if when where which users customers it we i must should please some any ' +
    'a an the our my your their this that new old web mobile public private internal external global small big simple stateless stateful ' +
    'critical rest graphql http grpc deploy run launch ship host put please multi-region regional containerised containerized production ' +
    'staging development data same aws cloud first main whole another one two three and of for in on to with eu us uk european american its fast good cheap nice great reliable quick tiny secure highly available api app application service an'
  ).split(' '),
);
const IMAGE =
  /(?<![\w/.@-])((?:[a-z0-9.-]+(?::\d+)?\/)+[a-z0-9._-]+(?::[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64}))(?![\w/])/i;
const IMAGE_NAMED = /\bimage:? ([a-z0-9][a-z0-9._/:@-]*[a-z0-9])/i;
const HOST =
  /(?:\b(?:at|host(?:name)?:?|domain:?|under|behind|as|on) )(?:https?:\/\/)?((?:[a-z0-9-]+\.)+[a-z]{2,24})(?![\w/:.-]*\w:|[\w-])/i;
const LONG_HOST = /(?<![\w/.@:-])((?:[a-z0-9-]+\.){2,}[a-z]{2,24})(?![\w/:-])/i;

/** What the application, its image and its address are called. */
export function readNames(sentence: string): SaidFacts[] {
  const image = IMAGE.exec(sentence)?.[1] ?? IMAGE_NAMED.exec(sentence)?.[1];
  const hostname = (HOST.exec(sentence) ?? LONG_HOST.exec(sentence))?.[1];
  return [
    said('application', application(withoutStoreNames(sentence))),
    said('image', image),
    said('hostname', hostname?.toLowerCase()),
  ];
}

function application(sentence: string): string | undefined {
  const named = NAMED.exec(sentence)?.[1];
  const before = [...sentence.matchAll(BEFORE_NOUN)].map((match) => match[1] ?? '');
  const first = AT_START.exec(sentence)?.[1] ?? '';
  return (named ?? [...before, first].find((word) => word !== '' && !NO_NAMES.has(word.toLowerCase())))?.toLowerCase();
}
