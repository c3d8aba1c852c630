import type { DeploymentRequest } from '../contracts/request';
import { cutForeignText } from './loop/estimate-tokens';
import type { TextPart } from './loop/facts';

/** The requester's note as it stands in a prompt: what rules cannot read. */
export function noteParts({ notes }: Pick<DeploymentRequest, 'notes'>, tokens: number): TextPart[] {
  if (notes.trim() === '') return [];
  return [{ own: 'note from the requester: ' }, { foreign: cutForeignText(notes, tokens) }, { own: '\n' }];
}
