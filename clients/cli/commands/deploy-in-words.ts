import type { PlatformKind } from '../../../contracts/region';
import { ClientProblem } from '../../client-problem';
import { closeClient, type MeridianClient } from '../../connection';
import { intakeOf, requestYaml } from '../../requests-in-words';
import { askInWords } from '../ask-in-words';
import { carryOut } from '../carry-out';
import { EXIT } from '../exit-codes';
import type { Terminal } from '../terminal';
import { writeRequestFile } from '../write-request-file';

export interface DeployInWordsInput {
  sentence: string;
  answers: readonly string[];
  /** where the request is written; default: `<application>.yaml` here */
  out?: string | undefined;
  platform: PlatformKind;
  yes?: boolean | undefined;
  json?: boolean | undefined;
  detach?: boolean | undefined;
  revertDrift?: boolean | undefined;
  by: string;
  terminal: Terminal;
  signal?: AbortSignal | undefined;
  connect: () => Promise<MeridianClient>;
}

/** A deployment whose request is a sentence: read, asked, written to a file, then deployed like any other. */
export async function runDeployInWords(input: DeployInWordsInput): Promise<number> {
  const { terminal, by, out, signal } = input;
  if (input.yes) throw unseen();
  const meridian = await input.connect();
  try {
    const words = await askInWords(meridian, { ...input, command: 'npm run meridian -- deploy' });
    if (!words) return EXIT.badInput;
    if (!terminal.canAsk && !input.detach) throw nobodyToAsk();
    const file = out ?? `${words.request.application}.yaml`;
    await writeRequestFile(file, requestYaml(words, by), terminal, signal);
    return await carryOut(meridian, { ...input, request: words.request, requester: by, intake: intakeOf(words) });
  } finally {
    await closeClient(meridian);
  }
}

function unseen(): ClientProblem {
  return new ClientProblem(
    'bad-input',
    '--yes cannot approve a request in words: nobody has seen its plan; nothing was started',
    'leave --yes out: the plan is shown, and then you are asked',
  );
}

function nobodyToAsk(): ClientProblem {
  return new ClientProblem(
    'bad-input',
    'the plan needs an approval and there is no terminal to ask on; nothing was started',
    'pass --detach and use "npm run meridian -- approve" from elsewhere, or look at it first with "npm run meridian -- plan"',
  );
}
