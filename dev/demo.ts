import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runDeploy } from '../clients/cli/commands/deploy';
import { endOnClosedPipe } from '../clients/cli/end-on-closed-pipe';
import { EXIT } from '../clients/cli/exit-codes';
import { renderError } from '../clients/cli/render-problems';
import { processTerminal, type Terminal } from '../clients/cli/terminal';
import { ClientProblem } from '../clients/client-problem';
import { connectClient } from '../clients/connection';
import { loadConfig } from '../temporal.config';
import { type LocalEnvironment, startLocalEnvironment } from './local-environment';
import { environmentVariables, type LocalState } from './local-state';
import { packageRoot } from './package-root';

interface DemoOptions {
  /** request file */
  file: string;
  /** print the report document alone on stdout */
  json: boolean;
  /** leave everything up */
  keep: boolean;
}

/** `npm run demo`: a local environment, one request carried to its verdict, everything stopped again. */
async function main(): Promise<number> {
  const options = demoOptions(process.argv.slice(2));
  const terminal = processTerminal();
  const signal = interruption();
  try {
    return await runDemo(options, terminal, signal);
  } catch (error) {
    terminal.err(renderError(error, terminal.errColors));
    return EXIT.failed;
  }
}

async function runDemo(options: DemoOptions, terminal: Terminal, signal: AbortSignal): Promise<number> {
  const broken = new AbortController();
  const environment = await startLocalEnvironment({
    stateFolder: loadConfig().stateFolder,
    announce: options.keep,
    keep: options.keep,
    onEvent: (message) => terminal.err(`${message}\n`),
    onBroken: () => broken.abort(),
  });
  try {
    const watching = AbortSignal.any([signal, broken.signal]);
    const exitCode = await deploy(options, environment, terminal, watching);
    if (!broken.signal.aborted) return exitCode;
    throw new ClientProblem('unexpected', `the local environment broke, see ${environment.home}/logs`);
  } finally {
    if (options.keep) leaveRunning(environment, terminal);
    else await stopAll(environment, terminal, signal.aborted);
  }
}

function deploy({ file, json }: DemoOptions, environment: LocalState, terminal: Terminal, signal: AbortSignal) {
  const config = loadConfig({ ...process.env, ...environmentVariables(environment) });
  return runDeploy({ file, yes: true, json, by: 'demo', terminal, signal, connect: () => connectClient(config) });
}

async function stopAll(environment: LocalEnvironment, { err }: Terminal, interrupted: boolean): Promise<void> {
  if (interrupted) err('stopping the local environment, and the deployment with it\n');
  await environment.stop();
}

function leaveRunning(environment: LocalEnvironment, { err }: Terminal): void {
  environment.release();
  err(`left running: web ui ${environment.uiUrl ?? '(unknown)'}, temporal ${environment.temporalAddress}\n`);
  err('look at it with "npm run meridian -- status", stop it with "npm run meridian -- dev --stop"\n');
}

function demoOptions(args: string[]): DemoOptions {
  const { values, positionals } = parseArgs({
    args,
    options: { json: { type: 'boolean', default: false }, keep: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  return { ...values, file: positionals[0] ?? join(packageRoot, 'examples', 'three-regions.yaml') };
}

/** The first Ctrl-C ends the demo in order, the second at once: the supervisor then stops everything by itself. */
function interruption(): AbortSignal {
  const interrupt = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
      interrupt.abort();
    });
  }
  return interrupt.signal;
}

endOnClosedPipe();
main().then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: Error) => {
    process.stderr.write(`${error.message.toLowerCase()}\n`);
    process.exitCode = EXIT.badInput;
  },
);
