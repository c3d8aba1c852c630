import { join } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { packageRoot } from './package-root';

export interface DemoOptions {
  /** request file */
  file: string;
  /** print the report document alone on stdout */
  json: boolean;
  /** leave everything up */
  keep: boolean;
}

/** The command line of `npm run demo`. Throws a CommanderError, also for --help, after the text was written. */
export function parseDemoOptions(
  argv: string[],
  { out, err }: { out(text: string): void; err(text: string): void },
): DemoOptions {
  const command = new Command('npm run demo --')
    .description('Starts server, lab and worker here, carries a request to its verdict, and stops everything again.')
    .argument('[file]', 'request file, YAML or JSON', join(packageRoot, 'examples', 'three-regions.yaml'))
    .option('--keep', 'leave everything up, to look at it')
    .option('--json', 'print the report as one JSON document on stdout')
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: err })
    .parse(argv, { from: 'user' });
  const { keep = false, json = false } = command.opts();
  return { file: command.processedArgs[0], keep, json };
}
