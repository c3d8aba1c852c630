import { drillKindSchema } from '../../contracts/drill';
import type { LiveOperationRequest } from '../../contracts/messages';
import { regionIdSchema } from '../../contracts/region';
import { OPERATIONS } from '../../policies/operations/transitions';
import { parseTarget, type Target } from '../cli/target';
import { ClientProblem } from '../client-problem';
import { typed } from './slack-text';

/** What somebody asked for with `/meridian …`. */
export type SlashCommand =
  | { verb: 'deploy'; text: string }
  | { verb: 'status'; target: Target | undefined }
  | { verb: 'plan'; target: Target }
  | { verb: 'abort'; target: Target; reason: string }
  | { verb: 'operate'; target: Target; operation: ChatOperation; confirmed: boolean }
  | { verb: 'failovers'; target: Target }
  | { verb: 'drills'; target: Target }
  | { verb: 'health'; target: Target }
  | { verb: 'alerts'; target: Target }
  | { verb: 'help' };

/**
 * An operation on what is live, as chat may ask for it. Accepting the risk of two writers, and turning back the time of what
 * lives, take the command line.
 */
export type ChatOperation = LiveOperationRequest extends infer One
  ? One extends LiveOperationRequest
    ? Omit<One, 'requester' | 'signature'>
    : never
  : never;

/** What follows APP/ENV. */
const OPERATION_VERBS = {
  switchover: 'REGION',
  drain: 'REGION',
  undrain: 'REGION',
  'promote-region': 'REGION',
  rejoin: 'REGION',
  restore: 'REGION',
  drill: 'KIND',
  'record-failover': '',
} as const;
type OperationVerb = keyof typeof OPERATION_VERBS;
/** What cannot be taken back is asked about: it needs this word at its end. */
export const CONFIRMATION = 'confirm';

export const HELP: string = [
  '`/meridian deploy REQUEST` — deploy a request: in words, as YAML, with or without a code block, or the name of a known file',
  '`/meridian status [APP/ENV]` — what is deployed, or how one deployment gets on',
  '`/meridian plan APP/ENV` — show the newest plan here, with buttons while it waits for an approval',
  ...Object.entries(OPERATION_VERBS).map(
    ([kind, what]) =>
      `\`/meridian ${[kind, 'APP/ENV', what].join(' ').trim()}\` — ${OPERATIONS[kind as OperationVerb].does}`,
  ),
  '`/meridian drills APP/ENV` — the drills of what is live, and what is scheduled',
  '`/meridian failovers APP/ENV` — what failed over, and who takes the writes',
  '`/meridian health APP/ENV` — how its regions are',
  '`/meridian alerts APP/ENV` — its open alerts',
  '`/meridian abort APP/ENV [REASON]` — stop what is under way in order; what it did is undone',
].join('\n');

/** Throws a ClientProblem that says what would be valid. */
export function parseSlashCommand(text: string): SlashCommand {
  const [, verb = '', rest = ''] = /^\s*(\S*)\s*([\s\S]*)$/.exec(text) ?? [];
  switch (verb) {
    case '':
    case 'help':
      return { verb: 'help' };
    case 'deploy':
      if (rest.trim() === '')
        throw new ClientProblem('bad-input', 'say what to deploy: a request, or the name of a file');
      return { verb, text: rest };
    case 'status':
      return { verb, target: rest.trim() === '' ? undefined : target(rest.trim()) };
    case 'plan':
      return { verb, target: target(rest.trim()) };
    case 'failovers':
    case 'drills':
    case 'health':
    case 'alerts':
      return { verb, target: target(rest.trim()) };
    case 'switchover':
    case 'drain':
    case 'undrain':
    case 'promote-region':
    case 'rejoin':
    case 'restore':
    case 'drill':
    case 'record-failover':
      return operation(verb, rest);
    case 'abort': {
      const [name = '', ...words] = typed(rest).trim().split(/\s+/);
      return { verb, target: target(name), reason: words.join(' ').slice(0, 300) || 'no reason given' };
    }
    default:
      throw new ClientProblem(
        'bad-input',
        `"${verb.slice(0, 40)}" is no command; valid: deploy, status, plan, ${Object.keys(OPERATION_VERBS).join(', ')}, failovers, drills, health, alerts, abort, help`,
      );
  }
}

function operation(kind: OperationVerb, rest: string): SlashCommand {
  const [name = '', ...words] = typed(rest).trim().split(/\s+/);
  const what = OPERATION_VERBS[kind];
  const argument = what === '' ? '' : (words.shift() ?? '');
  const [last, ...more] = words;
  const asked = chatOperation(kind, argument);
  if (more.length > 0 || (last !== undefined && last !== CONFIRMATION))
    throw new ClientProblem(
      'bad-input',
      `"${words.join(' ').slice(0, 40)}" is too much; valid: ${`${kind} APP/ENV ${what}`.trim()}`,
    );
  return { verb: 'operate', target: target(name), operation: asked, confirmed: last === CONFIRMATION };
}

function chatOperation(kind: OperationVerb, argument: string): ChatOperation {
  if (kind === 'record-failover') return { kind };
  if (kind === 'drill') {
    const drill = drillKindSchema.safeParse(argument);
    if (drill.success) return { kind, drill: drill.data };
    const valid = drillKindSchema.options.join(', ');
    throw new ClientProblem('bad-input', `"${argument.slice(0, 40)}" is no kind of drill; valid: ${valid}`);
  }
  if (!regionIdSchema.safeParse(argument).success)
    throw new ClientProblem(
      'bad-input',
      `"${argument.slice(0, 40)}" names no region; valid: ${kind} APP/ENV REGION, for example ${kind} orders/staging eu-west-1`,
    );
  return kind === 'restore' ? { kind, region: argument, target: { kind: 'latest' } } : { kind, region: argument };
}

function target(text: string): Target {
  const parsed = parseTarget(text);
  if (parsed) return parsed;
  throw new ClientProblem('bad-input', `"${text.slice(0, 80)}" names no deployment; valid: APP/ENV or APP/ENV/NUMBER`);
}
