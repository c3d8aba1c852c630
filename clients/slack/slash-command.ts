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
  | { verb: 'health'; target: Target }
  | { verb: 'alerts'; target: Target }
  | { verb: 'help' };

/** An operation on what is live, as chat may ask for it. Accepting the risk of two writers takes the command line. */
export interface ChatOperation {
  kind: (typeof OPERATION_VERBS)[number];
  region: string;
}

const OPERATION_VERBS = ['switchover', 'drain', 'undrain', 'promote-region', 'rejoin'] as const;
/** What cannot be taken back is asked about: it needs this word at its end. */
export const CONFIRMATION = 'confirm';

export const HELP: string = [
  '`/meridian deploy REQUEST` — deploy a request: in words, as YAML, with or without a code block, or the name of a known file',
  '`/meridian status [APP/ENV]` — what is deployed, or how one deployment gets on',
  '`/meridian plan APP/ENV` — show the newest plan here, with buttons while it waits for an approval',
  ...OPERATION_VERBS.map((kind) => `\`/meridian ${kind} APP/ENV REGION\` — ${OPERATIONS[kind].does}`),
  '`/meridian failovers APP/ENV` — what failed over, and who takes the writes',
  '`/meridian health APP/ENV` — how its regions are',
  '`/meridian alerts APP/ENV` — its open alerts',
  '`/meridian abort APP/ENV [REASON]` — stop a deployment in order; what it did is undone',
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
    case 'health':
    case 'alerts':
      return { verb, target: target(rest.trim()) };
    case 'switchover':
    case 'drain':
    case 'undrain':
    case 'promote-region':
    case 'rejoin':
      return operation(verb, rest);
    case 'abort': {
      const [name = '', ...words] = typed(rest).trim().split(/\s+/);
      return { verb, target: target(name), reason: words.join(' ').slice(0, 300) || 'no reason given' };
    }
    default:
      throw new ClientProblem(
        'bad-input',
        `"${verb.slice(0, 40)}" is no command; valid: deploy, status, plan, ${OPERATION_VERBS.join(', ')}, failovers, health, alerts, abort, help`,
      );
  }
}

function operation(kind: ChatOperation['kind'], rest: string): SlashCommand {
  const [name = '', region = '', last, ...more] = typed(rest).trim().split(/\s+/);
  if (!regionIdSchema.safeParse(region).success)
    throw new ClientProblem(
      'bad-input',
      `"${region.slice(0, 40)}" names no region; valid: ${kind} APP/ENV REGION, for example ${kind} orders/staging eu-west-1`,
    );
  if (more.length > 0 || (last !== undefined && last !== CONFIRMATION))
    throw new ClientProblem(
      'bad-input',
      `"${[last, ...more].join(' ').slice(0, 40)}" is too much; valid: ${kind} APP/ENV REGION`,
    );
  return { verb: 'operate', target: target(name), operation: { kind, region }, confirmed: last === CONFIRMATION };
}

function target(text: string): Target {
  const parsed = parseTarget(text);
  if (parsed) return parsed;
  throw new ClientProblem(
    'bad-input',
    `"${text.slice(0, 80)}" names no deployment; valid: APP/ENV or APP/ENV/GENERATION`,
  );
}
