import { rolloutViolations } from '../../policies/rollout-violations';
import { unfitAdvice } from '../advice-words';
import type { Guarded } from '../loop/agent';
import { LONGEST_WHY, LONGEST_WORDS, quoted, said } from '../loop/said';
import { type PlaceNames, placeNames } from '../place-names';
import type { RolloutAnswer } from './answer-schema';
import type { RolloutChoice, RolloutInput } from './rollout-choice';
import { readWaves } from './wave-lines';

const MOST_VIOLATIONS = 4;

/**
 * Holds a model's answer against the topology and every rollout policy. What is accepted is a rollout of our own
 * making: its regions, numbers and approvals are the model's, everything else is what the request says.
 */
export function guardRollout(answer: RolloutAnswer, input: RolloutInput): Guarded<RolloutChoice> {
  const names = rolloutNames(input);
  const reading = readWaves(answer.waves, input, names);
  const findings = readFindings(answer.findings, input);
  const broken = 'problems' in reading ? reading.problems : rolloutViolations(reading.waves, input);
  const violations = [...broken, ...findings.problems].slice(0, MOST_VIOLATIONS);
  if ('problems' in reading || violations.length > 0) {
    const fields = [...(broken.length > 0 ? ['waves'] : []), ...(findings.problems.length > 0 ? ['findings'] : [])];
    return { kind: 'refused', fields, violations };
  }
  const { waves, whys } = reading;
  const { accepted, blocked } = findings;
  const unfit = unfitAdvice('summary', [
    answer.weigh,
    answer.migration,
    answer.summary,
    ...whys,
    ...accepted,
    ...blocked,
  ]);
  if (unfit)
    return { kind: 'refused', fields: ['weigh', 'waves', 'findings', 'migration', 'summary'], violations: [unfit] };
  const canary = waves[0]?.regions[0] ?? input.rollout.canary;
  const migration = said(answer.migration, LONGEST_WORDS);
  return {
    kind: 'accepted',
    choice: {
      rollout: {
        ...input.rollout,
        canary,
        waves,
        reason: said(answer.weigh, LONGEST_WORDS),
        migration: migration === '' ? input.rollout.migration : [...input.rollout.migration, `note: ${migration}`],
      },
      reason: [said(answer.weigh, LONGEST_WORDS), ...whys.map((why) => said(why, LONGEST_WHY))].join('; '),
      summary: said(answer.summary, LONGEST_WORDS),
      accepted,
      blocked,
    },
  };
}

/** Names for the regions of the topology. */
export function rolloutNames({ topology }: RolloutInput): PlaceNames {
  return placeNames(topology.regions.map(({ region }) => region));
}

function readFindings(lines: readonly string[], { findings }: RolloutInput) {
  const known = new Map(findings.map(({ rule }) => [rule.toLowerCase(), rule]));
  const accepted: string[] = [];
  const blocked: string[] = [];
  const problems: string[] = [];
  const answered = new Set<string>();
  for (const line of lines) {
    const [, id = '', verb, why = ''] = /^\s*(\S+)\s+(accept|block)\s*:?\s*(.*)$/i.exec(line) ?? [];
    const rule = known.get(id.toLowerCase());
    if (!rule) problems.push(`findings: "${quoted(line)}" names no finding`);
    else if (why.trim() === '') problems.push(`findings: ${rule} needs a reason`);
    else if (answered.has(rule)) problems.push(`findings: ${rule} is answered twice`);
    else (verb?.toLowerCase() === 'block' ? blocked : accepted).push(`${rule}: ${said(why, LONGEST_WHY)}`);
    if (rule) answered.add(rule);
  }
  return { accepted, blocked, problems };
}
