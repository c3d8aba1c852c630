import type { BeforeImage, StackRef } from './stack';

/** How to undo what one generation did to one stack. */
export type Compensation =
  | { act: 'delete-own'; ref: StackRef; generation: number }
  | { act: 'restore'; ref: StackRef; generation: number; before: Extract<BeforeImage, { state: 'present' }> };

/**
 * Compensation is a function of the before-image (DESIGN §3): what did not exist is deleted, and only if it carries
 * this generation's tag; what existed is returned to its template and parameters. There is no third answer: no path
 * leads from present to destroyed.
 */
export function compensationFor(ref: StackRef, generation: number, before: BeforeImage): Compensation {
  return before.state === 'absent'
    ? { act: 'delete-own', ref, generation }
    : { act: 'restore', ref, generation, before };
}
