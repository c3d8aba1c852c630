import { said } from '../../agents/loop/said';
import type { Intake } from '../../contracts/intake';

const SENTENCE_CHARACTERS = 200;
const ASSUMED_CHARACTERS = 400;

/** Where a request came from that was a sentence, for the progress of its deployment. */
export function intakeWords({ sentence, assumed }: Intake): string {
  const rest = assumed.length > 0 ? `; assumed: ${said(assumed.join('; '), ASSUMED_CHARACTERS)}` : '';
  return `asked for in words: "${said(sentence, SENTENCE_CHARACTERS)}"${rest}`;
}
