import pc from 'picocolors';
import type { Terminal } from '../../../clients/cli/terminal';

export interface MemoryTerminal extends Terminal {
  stdout: string;
  stderr: string;
}

/** A terminal that keeps what was written; nobody sits at it unless answers are given. */
export function memoryTerminal(answers: Array<boolean | string> = [], live = false): MemoryTerminal {
  const colors = pc.createColors(false);
  const terminal: MemoryTerminal = {
    stdout: '',
    stderr: '',
    out: (text) => {
      terminal.stdout += text;
    },
    err: (text) => {
      terminal.stderr += text;
    },
    live,
    columns: 80,
    outColors: colors,
    errColors: colors,
    canAsk: answers.length > 0,
    confirm: async (question) => {
      terminal.stderr += `${question}\n`;
      const answer = answers.shift();
      return typeof answer === 'string' ? answer === 'y' : answer;
    },
    ask: async (question) => {
      terminal.stderr += `${question}\n`;
      const answer = answers.shift();
      return answer === undefined ? undefined : String(answer);
    },
  };
  return terminal;
}
