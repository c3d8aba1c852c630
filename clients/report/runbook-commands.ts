import { cliAccepts } from '../cli/accepts';

const COMMAND = /^meridian\s+(\S.*)$/;

/** The `meridian …` commands of a Markdown text: lines of code blocks and inline code alike, comments cut off. */
export function runbookCommands(markdown: string): string[] {
  const parts = markdown.split(/^```.*$/m);
  return parts.flatMap((part, index) => {
    const isCode = index % 2 === 1;
    const candidates = isCode ? part.split('\n') : [...part.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code ?? '');
    return candidates.map((line) => line.replace(/\s#.*$/, '').trim()).filter((line) => COMMAND.test(line));
  });
}

/** Whether the command line takes this command as it stands in a runbook. */
export function isRunbookCommandAccepted(command: string): boolean {
  const [program, ...argv] = shellWords(command);
  return program === 'meridian' && cliAccepts(argv);
}

/** Words of a command line in which only double quotes group. */
function shellWords(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
