import { createInterface } from 'node:readline/promises';
import pc from 'picocolors';

export type Colors = ReturnType<typeof pc.createColors>;

/**
 * Where a command writes and asks. Data goes to `out`, everything else to `err`: a pipe gets the data alone. Tests and
 * the demo bring their own.
 */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** a person reads `err` as it is written: progress may be redrawn in place */
  live: boolean;
  /** width of a line of `err` */
  columns: number;
  /** colours for `out` and for `err`, which may lead to different places */
  outColors: Colors;
  errColors: Colors;
  /** Asks a yes-or-no question; undefined when nobody can answer, or the signal was aborted. */
  confirm(question: string, signal?: AbortSignal): Promise<boolean | undefined>;
  /** Asks for a line of text; undefined when nobody can answer, or the signal was aborted. */
  ask(question: string, signal?: AbortSignal): Promise<string | undefined>;
  canAsk: boolean;
}

const DEFAULT_COLUMNS = 100;

/** The terminal of this process. Colours and redrawing need a terminal that has them: Node asks NO_COLOR and TERM. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  const canAsk = Boolean(stdin.isTTY && stderr.isTTY);
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    live: hasColors(stderr),
    // A terminal that does not tell its size says 0.
    columns: stderr.columns || DEFAULT_COLUMNS,
    outColors: pc.createColors(hasColors(stdout)),
    errColors: pc.createColors(hasColors(stderr)),
    canAsk,
    confirm: async (question, signal) => {
      const answer = canAsk ? await askProcess(`${question} [y/N] `, signal) : undefined;
      return answer === undefined ? undefined : /^y(es)?$/i.test(answer);
    },
    ask: async (question, signal) => (canAsk ? askProcess(`${question} `, signal) : undefined),
  };
}

function hasColors(stream: NodeJS.WriteStream): boolean {
  return Boolean(stream.isTTY && stream.hasColors());
}

async function askProcess(question: string, signal?: AbortSignal): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // readline takes Ctrl-C for itself while it reads; it means the same as at any other moment.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return (await lines.question(question, signal ? { signal } : {})).trim();
  } catch {
    return undefined;
  } finally {
    lines.close();
  }
}
