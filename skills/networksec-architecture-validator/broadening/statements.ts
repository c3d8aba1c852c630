import type { fullDiff } from '@aws-cdk/cloudformation-diff';
import { plain } from './plain';

type Statements = ReturnType<typeof fullDiff>['iamChanges']['statements'];
type Statement = Statements['additions'][number];
type Targets = Statement['actions'];

/** Statements that allow more than before, or no longer deny what was denied. */
export function widenedStatements({ additions, removals }: Statements): string[] {
  const allowed = additions.filter(({ effect }) => effect !== 'Deny');
  const undenied = removals.filter(({ effect }) => effect === 'Deny');
  const wasAllowed = removals.filter(({ effect }) => effect === 'Allow');
  const staysDenied = additions.filter(({ effect }) => effect === 'Deny');
  return [
    ...allowed
      .filter((statement) => !wasAllowed.some((wider) => covers(wider, statement)))
      .map((statement) => `${who(statement)} may ${what(statement)}`),
    ...undenied
      .filter((statement) => !staysDenied.some((wider) => covers(wider, statement)))
      .map((statement) => `${who(statement)} is no longer denied ${what(statement)}`),
  ];
}

/** Whether one statement says all that another says. Unsure is no: a line too many is read, one too few is not. */
function covers(wider: Statement, narrower: Statement): boolean {
  const sameCondition = JSON.stringify(wider.condition) === JSON.stringify(narrower.condition);
  return (
    (wider.condition === undefined || sameCondition) &&
    includes(wider.actions, narrower.actions) &&
    includes(wider.resources, narrower.resources) &&
    includes(wider.principals, narrower.principals)
  );
}

function includes(wider: Targets, narrower: Targets): boolean {
  if (wider.not || narrower.not) return wider.equal(narrower);
  return narrower.values.every((value) => wider.values.some((pattern) => matches(pattern, value)));
}

/** IAM compares with `*` for any text; actions without regard to case, which does no harm for the others here. */
function matches(pattern: string, value: string): boolean {
  const text = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${text}$`, 'is').test(value);
}

function who({ principals }: Statement): string {
  return list(principals) || 'somebody';
}

function what(statement: Statement): string {
  const { actions, resources, condition } = statement;
  if (actions.empty && resources.empty) return `do what ${plain(statement.render().resource)} says`;
  const on = resources.empty ? '' : ` on ${list(resources)}`;
  return `${list(actions)}${on}${condition === undefined ? '' : ` if ${JSON.stringify(condition)}`}`;
}

function list({ values, not }: Targets): string {
  const words = values.map(plain).join(', ');
  return not ? `everything but ${words}` : words;
}
