import type { Progress, RegionState } from '../../contracts/progress';
import { visibleText } from '../../contracts/visible-text';
import { formatMs } from '../format';
import { tokenWords } from '../ledger-words';
import type { Terminal } from './terminal';

/** Shows how a deployment gets on: a block that is redrawn in place for a person, plain lines for a log. */
export interface ProgressView {
  update(progress: Progress): void;
  /** a line that stays, above the block */
  note(text: string): void;
  /** takes the block away, so that something else can be written */
  clear(): void;
}

export function consoleProgress(terminal: Terminal, now: () => number = Date.now): ProgressView {
  return terminal.live ? liveProgress(terminal, now) : plainProgress(terminal);
}

/** One line per event and nothing else: what happened, in order. */
function plainProgress({ err }: Terminal): ProgressView {
  return {
    update: ({ events }) => {
      for (const { at, region, step, message } of events) {
        const where = [step, region].filter((part) => part !== undefined).join(' ');
        err(`${at.slice(11, 19)} ${where ? `${where}: ` : ''}${message}\n`);
      }
    },
    note: (text) => err(`${text}\n`),
    clear: () => {},
  };
}

function liveProgress(terminal: Terminal, now: () => number): ProgressView {
  const startedMs = now();
  let drawn: string[] = [];
  let latest = '';
  const erase = () => {
    if (drawn.length > 0) terminal.err(`\u001b[${drawn.length}A\u001b[0J`);
    drawn = [];
  };
  return {
    update: (progress) => {
      erase();
      latest = progress.events.at(-1)?.message ?? latest;
      drawn = progressBlock(progress, { elapsedMs: now() - startedMs, latest }, terminal);
      terminal.err(`${drawn.join('\n')}\n`);
    },
    note: (text) => {
      const kept = drawn;
      erase();
      terminal.err(`${text}\n`);
      drawn = kept;
      if (kept.length > 0) terminal.err(`${kept.join('\n')}\n`);
    },
    clear: erase,
  };
}

/** The lines of the block; none is wider than the terminal, for a wrapped line could not be erased. */
export function progressBlock(
  progress: Progress,
  { elapsedMs, latest }: { elapsedMs: number; latest: string },
  { columns, errColors }: Pick<Terminal, 'columns' | 'errColors'>,
): string[] {
  const { ledger } = progress;
  const head = `${progress.phase}${progress.paused ? ' (paused)' : ''}  ${formatMs(elapsedMs)}  ${tokenWords(ledger)}`;
  const width = Math.max(20, columns - 1);
  const nameWidth = Math.max(0, ...progress.regions.map(({ region }) => region.length));
  return [
    errColors.bold(cut(head, width)),
    ...progress.regions.map(({ region, role, state, detail }) => {
      const line = cut(`  ${region.padEnd(nameWidth)}  ${role.padEnd(8)} ${state.padEnd(11)} ${detail}`, width);
      return line.replace(state, painted(state, errColors));
    }),
    ...(latest === '' ? [] : [errColors.dim(cut(`  ${latest}`, width))]),
  ];
}

function painted(state: RegionState, colors: Terminal['errColors']): string {
  switch (state) {
    case 'ready':
      return colors.green(state);
    case 'failed':
      return colors.red(state);
    case 'undone':
      return colors.yellow(state);
    case 'waiting':
      return colors.dim(state);
    case 'planning':
    case 'applying':
    case 'verifying':
    case 'baking':
    case 'replicating':
    case 'drilling':
    case 'draining':
    case 'removing':
      return colors.cyan(state);
  }
}

/** Text from elsewhere may hold line ends and escape codes: those would break the block. */
function cut(text: string, width: number): string {
  const line = visibleText(text)
    .replaceAll(/[\n\t]/g, ' ')
    .trimEnd();
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
}
