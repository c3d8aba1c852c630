import { ClientProblem } from '../client-problem';

/** A request file leaves nothing open and is written already. Throws a ClientProblem for options that it cannot have. */
export function onlyInWords({ answer = [], out }: { answer?: readonly string[]; out?: string }): void {
  if (answer.length === 0 && out === undefined) return;
  throw new ClientProblem(
    'bad-input',
    `${answer.length > 0 ? '--answer' : '--out'} is for a request in words; nothing was started`,
    'change the request file instead',
  );
}
