import { parseTarget, type Target } from '../cli/target';
import { ClientProblem } from '../client-problem';
import { typed } from './slack-text';

/** What somebody asked for with `/meridian …`. */
export type SlashCommand =
  | { verb: 'deploy'; text: string }
  | { verb: 'status'; target: Target | undefined }
  | { verb: 'plan'; target: Target }
  | { verb: 'abort'; target: Target; reason: string }
  | { verb: 'help' };

export const HELP = [
  '`/meridian deploy REQUEST` — deploy a request: in words, as YAML, with or without a code block, or the name of a known file',
  '`/meridian status [APP/ENV]` — what is deployed, or how one deployment gets on',
  '`/meridian plan APP/ENV` — show the newest plan here, with buttons while it waits for an approval',
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
    case 'abort': {
      const [name = '', ...words] = typed(rest).trim().split(/\s+/);
      return { verb, target: target(name), reason: words.join(' ').slice(0, 300) || 'no reason given' };
    }
    default:
      throw new ClientProblem(
        'bad-input',
        `"${verb.slice(0, 40)}" is no command; valid: deploy, status, plan, abort, help`,
      );
  }
}

function target(text: string): Target {
  const parsed = parseTarget(text);
  if (parsed) return parsed;
  throw new ClientProblem(
    'bad-input',
    `"${text.slice(0, 80)}" names no deployment; valid: APP/ENV or APP/ENV/GENERATION`,
  );
}
