import type { DriftReport, StackComparison } from '../../contracts/drift';
import type { StackDrift } from '../../contracts/stack';
import { plainLine } from '../../contracts/visible-text';
import { deploymentName } from '../../contracts/workflow-ids';
import { plural } from '../format';
import type { Colors } from './terminal';

/** Whether a stack is not what was applied. */
export function differs({ kind }: StackComparison): boolean {
  return kind === 'drifted' || kind === 'missing';
}

/** One line per live stack, under it what somebody changed by hand (path: expected -> actual); then what is not live. */
export function renderDrift(report: DriftReport, colors: Colors): string {
  const { generation, stacks, others } = report;
  const name = deploymentName(report);
  const width = Math.max(0, ...stacks.map((stack) => stackName(stack).length));
  return [
    generation === undefined ? `${name}: nothing is live` : `${name}: generation ${generation} is live`,
    ...stacks.flatMap((stack) => stackLines(stack, width, colors)),
    ...(others.length > 0 ? [colors.bold('Not live, but with its tag')] : []),
    ...others.map(({ ref, why }) => colors.yellow(`  ${ref.region}/${ref.name}: ${plainLine(why)}`)),
    ...(stacks.length > 0 ? [summary(report)] : []),
    '',
  ].join('\n');
}

function stackName({ ref }: StackComparison): string {
  return `${ref.region}/${ref.kind}`;
}

function stackLines(stack: StackComparison, width: number, colors: Colors): string[] {
  const name = stackName(stack).padEnd(width);
  switch (stack.kind) {
    case 'same':
      return [colors.dim(`  ${name}  as applied`)];
    case 'missing':
      return [colors.red(`  ${name}  missing: the whole stack is gone`)];
    case 'unknown':
      return [colors.yellow(`  ${name}  cannot be told: ${plainLine(stack.why)}`)];
    case 'drifted':
      return [
        `  ${name}  ${colors.yellow('changed by hand')}`,
        ...stack.drifted.flatMap((drift) => resourceLines(drift, colors)),
      ];
  }
}

function resourceLines({ resource, type, kind, differences }: StackDrift['drifted'][number], colors: Colors): string[] {
  if (kind === 'deleted') return [colors.red(`    - ${resource} ${colors.dim(type)}  deleted by hand`)];
  return [
    colors.yellow(`    ~ ${resource} ${colors.dim(type)}`),
    ...differences.map(({ path, expected, actual }) => `        ${path}: ${value(expected)} -> ${value(actual)}`),
  ];
}

function summary({ stacks, ...key }: DriftReport): string {
  const different = stacks.filter(differs).length;
  const unknown = stacks.filter(({ kind }) => kind === 'unknown').length;
  const untold = unknown > 0 ? `; of ${plural(unknown, 'stack')} it cannot be told` : '';
  if (different === 0) return `${plural(stacks.length - unknown, 'stack')} as applied${untold}`;
  return `${different} of ${plural(stacks.length, 'stack')} of ${deploymentName(key)} differ${different === 1 ? 's' : ''}${untold}; put back with: meridian deploy FILE --revert-drift`;
}

const SHOWN_CHARACTERS = 120;

/** Values come from the cloud: on one line, without escape codes, and not without end. */
function value(text: string): string {
  const line = plainLine(text);
  if (line === '') return '(nothing)';
  return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line;
}
