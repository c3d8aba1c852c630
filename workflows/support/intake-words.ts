import { believedIntake } from '../../agents/intake/believed-entries';
import { said } from '../../agents/loop/said';
import { type Intake, intakeSchema } from '../../contracts/intake';
import { stepFailure } from './failures';

const SENTENCE_CHARACTERS = 200;
const ASSUMED_CHARACTERS = 400;

/** Where a request came from that was a sentence, for the progress of its deployment. */
export function intakeWords({ sentence, assumed }: Intake): string {
  const rest = assumed.length > 0 ? `; assumed: ${said(assumed.join('; '), ASSUMED_CHARACTERS)}` : '';
  return `asked for in words: "${said(sentence, SENTENCE_CHARACTERS)}"${rest}`;
}

/** What a client says of a sentence that was read, in plain words. Throws `Request.Invalid` beyond its bounds. */
export function acceptedIntake(claimed: Intake): Intake {
  const { data, error } = intakeSchema.safeParse(claimed);
  if (data) return believedIntake(data);
  const [issue] = error.issues;
  throw stepFailure('Request.Invalid', `intake.${issue?.path.join('.')}: ${issue?.message}`);
}
