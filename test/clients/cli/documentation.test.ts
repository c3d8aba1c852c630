import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliAccepts } from '../../../clients/cli/accepts';
import { EXIT_CODE_MEANINGS } from '../../../clients/cli/exit-codes';
import { isRunbookCommandAccepted, runbookCommands } from '../../../clients/report/runbook-commands';

const page = readFileSync(join(__dirname, '../../../docs/cli.md'), 'utf8');

test('every command in docs/cli.md exists as it is written', () => {
  const commands = runbookCommands(page);
  expect(commands.length).toBeGreaterThan(10);
  expect(commands.filter((command) => !isRunbookCommandAccepted(command))).toEqual([]);
});

test('docs/cli.md explains the exit codes in the words of --help', () => {
  for (const [code, meaning] of EXIT_CODE_MEANINGS) expect(page).toContain(`| ${code} | ${meaning} |`);
});

test.each([[[]], [['deploy', '--help']], [['deploy', 'a.yaml', 'b.yaml']], [['dev', '--port', '1']]])(
  'the command table does not take %j',
  (argv) => {
    expect(cliAccepts(argv)).toBe(false);
  },
);
