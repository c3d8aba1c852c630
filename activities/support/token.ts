import { createHash } from 'node:crypto';
import { type StackTokenInput, stackTokenText } from '../../contracts/stack-token';

/** A token that CloudFormation accepts as client token: letters, digits and dashes, at most 128. */
export function stackToken(input: StackTokenInput): string {
  return `meridian-${sha256(stackTokenText(input)).slice(0, 48)}`;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
