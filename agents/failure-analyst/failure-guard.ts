import { isKnownRegion } from '../../catalog/regions';
import { unfitAdvice } from '../advice-words';
import type { Guarded } from '../loop/agent';
import { said } from '../loop/said';
import type { FailureAnswer } from './answer-schema';
import type { FailureCase, FailureExplanation } from './failure-case';

/** Limits of what a model may put into a report, in characters. */
const LONGEST_CAUSE = 400;
const LONGEST_STEP = 160;
const MOST_STEPS = 4;
/** What a region id looks like, for example `eu-west-1`, without the letter of a zone. */
const REGION_ID = /\b[a-z]{2}(?:-[a-z]+){1,2}-\d\b/g;

/** An analysis must say something, name no region that does not exist, and tell nobody to run anything. */
export function guardFailure(answer: FailureAnswer, { failure, regions }: FailureCase): Guarded<FailureExplanation> {
  const steps = answer.steps
    .map((step) => said(step, LONGEST_STEP))
    .filter((step) => step !== '')
    .slice(0, MOST_STEPS);
  const cause = said(answer.cause, LONGEST_CAUSE);
  const mine = new Set([failure.region, ...regions.map(({ region }) => region)]);
  const words = [cause, ...steps];
  const foreignRegion = words
    .flatMap((text) => text.toLowerCase().match(REGION_ID) ?? [])
    .find((region) => !mine.has(region) && !isKnownRegion(region));
  const violations = [
    cause === '' ? 'cause: is empty' : undefined,
    steps.length === 0 ? 'steps: there is none' : undefined,
    foreignRegion && `answer: "${foreignRegion}" is no region of the catalog`,
    unfitAdvice('answer', [answer.cause, ...answer.steps]),
  ].filter((violation) => violation !== undefined);
  if (violations.length > 0) return { kind: 'refused', fields: ['cause', 'steps'], violations };
  return { kind: 'accepted', choice: { cause, kind: answer.kind, retry: answer.retry, steps } };
}
