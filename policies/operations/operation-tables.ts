import {
  DEPLOYMENT_STATES,
  OPERATION_KINDS,
  type OperationKind,
  REGION_STATES,
  type RegionOperatingState,
} from '../../contracts/operation';
import { type Cell, encounter, OPERATIONS, PRIORITIES, priorityOf } from './transitions';

const BEGIN = '<!-- generated: node scripts/write-operations-doc.mjs -->';
const END = '<!-- end of generated -->';

/** The page with its generated part as the table of operations has it now. Throws a RangeError without its marks. */
export function withOperationTables(page: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin === -1 || end < begin) throw new RangeError(`the page has no part between ${BEGIN} and ${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n${operationTables()}\n${page.slice(end)}`;
}

/** Tables and diagram of all operations, Markdown. */
function operationTables(): string {
  return [
    '## Operations\n',
    table(
      ['operation', 'does', 'priority', 'when an emergency needs the slot'],
      OPERATION_KINDS.map((kind) => {
        const { does, priority, preempted } = OPERATIONS[kind];
        return [`\`${kind}\``, does, priority, PREEMPTED[preempted]];
      }),
    ),
    '\n## What a region is, and what becomes of it\n',
    regionDiagram(),
    '',
    '*primary-drained* takes the writes and answers nobody; *fenced* lost the writes in a failover and has to rejoin.',
    'An empty cell is a region that the operation does not name. *Already* is a success that changes nothing.\n',
    table(
      ['operation', ...REGION_STATES],
      withRegion().map((kind) => [
        `\`${kind}\``,
        ...REGION_STATES.map((state) => cellWords(OPERATIONS[kind].region?.[state])),
      ]),
    ),
    '\n## What a deployment is, and what becomes of it\n',
    '*failed-over*: a region is fenced; rejoin it. *moving*: a move of the writes broke off past its point of no return; go on with it.',
    '*diverged*: the platform lets another region write than the record says; write that down (`failovers --record`).\n',
    table(
      ['operation', ...DEPLOYMENT_STATES],
      OPERATION_KINDS.map((kind) => [
        `\`${kind}\``,
        ...DEPLOYMENT_STATES.map((state) => cellWords(OPERATIONS[kind].deployment[state])),
      ]),
    ),
    '\n## Refusals, word by word\n',
    ...refusals().map((sentence) => `- ${sentence}`),
    '\n## Two at once\n',
    `Who waits is taken by priority (${PRIORITIES.join(' → ')}), then by number. Who asks (column) while another runs (row):\n`,
    table(
      ['runs \\ asks', ...OPERATION_KINDS],
      OPERATION_KINDS.map((running) => [
        `\`${running}\``,
        ...OPERATION_KINDS.map((asked) => encounter(running, asked).replace('runs-', 'runs ')),
      ]),
    ),
    '\nBoth wait, for whatever: which of the two is first (`=`: the one with the smaller number, which asked first).\n',
    table(
      ['', ...OPERATION_KINDS],
      OPERATION_KINDS.map((one) => [`\`${one}\``, ...OPERATION_KINDS.map((other) => firstOf(one, other))]),
    ),
  ].join('\n');
}

const PREEMPTED = {
  'way-back': 'stops at its next safe point and takes its way back',
  beside: 'goes on beside it: what it touches is not live',
  waits: 'is waited for',
  question: 'is waited for; only a question that nobody has decided yet ends for one that is more urgent',
} as const;

/** Which of two that wait goes first; `=` when arrival decides. */
function firstOf(one: OperationKind, other: OperationKind): string {
  const difference = priorityOf(one) - priorityOf(other);
  if (difference === 0) return '=';
  return difference < 0 ? one : other;
}

function withRegion(): OperationKind[] {
  return OPERATION_KINDS.filter((kind) => OPERATIONS[kind].region);
}

function cellWords(cell: Cell<string> | undefined): string {
  if (!cell) return '';
  if ('becomes' in cell) return `→ ${cell.becomes}`;
  return 'already' in cell ? '*already*' : 'refused';
}

function refusals(): string[] {
  const cells = OPERATION_KINDS.flatMap((kind): Cell<string>[] => [
    ...Object.values(OPERATIONS[kind].deployment),
    ...Object.values(OPERATIONS[kind].region ?? {}),
  ]);
  return [...new Set(cells.flatMap((cell) => ('refused' in cell ? cell.refused : [])))];
}

/** Every arrow of the table once; the old primary's arrows beside those of the region that is named. */
function regionDiagram(): string {
  const name = (state: RegionOperatingState) => state.replace('-', '_');
  const arrows = withRegion().flatMap((kind) => {
    const { region, oldPrimary } = OPERATIONS[kind];
    const own = REGION_STATES.flatMap((state) => {
      const cell = region?.[state];
      return cell && 'becomes' in cell ? `    ${name(state)} --> ${name(cell.becomes)}: ${kind}` : [];
    });
    return oldPrimary ? [...own, `    primary --> ${name(oldPrimary)}: ${kind} of another`] : own;
  });
  return [
    '```mermaid',
    'stateDiagram-v2',
    '    [*] --> standby: deploy',
    ...arrows,
    '    primary --> fenced: the platform fails over',
    '```',
  ].join('\n');
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
