import { CommanderError } from '@commander-js/extra-typings';
import { runDeploy } from '../clients/cli/commands/deploy';
import { endOnClosedPipe } from '../clients/cli/end-on-closed-pipe';
import { EXIT, exitCodeOfProblem } from '../clients/cli/exit-codes';
import { readCheckedRequest } from '../clients/cli/read-checked-request';
import { renderError, renderRequestProblems } from '../clients/cli/render-problems';
import { processTerminal, type Terminal } from '../clients/cli/terminal';
import { ClientProblem } from '../clients/client-problem';
import { connectClient } from '../clients/connection';
import { createDaemonClient } from '../lab/daemon/daemon-client';
import { loadConfig } from '../temporal.config';
import { keptText, stoppedText } from './demo-ending';
import { type DemoOptions, parseDemoOptions } from './demo-options';
import { type LocalEnvironment, startLocalEnvironment } from './local-environment';
import { environmentVariables, type LocalState } from './local-state';

/** `npm run demo`: a local environment, one request carried to its verdict, everything stopped again. */
async function main(): Promise<number> {
  const terminal = processTerminal();
  const signal = interruption();
  try {
    const options = parseDemoOptions(process.argv.slice(2), terminal);
    const checked = await readCheckedRequest(options.file);
    if ('request' in checked) return await runDemo(options, checked.request.hostname, terminal, signal);
    terminal.err(renderRequestProblems(options.file, checked.problems, terminal.errColors));
    return EXIT.badInput;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.badInput;
    terminal.err(renderError(error, terminal.errColors));
    return error instanceof ClientProblem ? exitCodeOfProblem(error.code) : EXIT.failed;
  }
}

async function runDemo(
  options: DemoOptions,
  hostname: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const broken = new AbortController();
  const environment = await startLocalEnvironment({
    stateFolder: loadConfig().stateFolder,
    announce: options.keep,
    keep: options.keep,
    onEvent: (message) => terminal.err(`${message}\n`),
    onBroken: () => broken.abort(),
  });
  let exitCode: number | undefined;
  try {
    const watching = AbortSignal.any([signal, broken.signal]);
    exitCode = await deploy(options, environment, terminal, watching);
    if (!broken.signal.aborted) return exitCode;
    throw new ClientProblem('unexpected', `the local environment broke, see ${environment.home}/logs`);
  } finally {
    if (options.keep) await leaveRunning(environment, exitCode === EXIT.ok ? hostname : undefined, terminal);
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
  err(stoppedText(loadConfig().temporal.source === 'environment' ? 'was there' : 'started here'));
}

/** @param hostname of the application, when it serves */
async function leaveRunning(
  environment: LocalEnvironment,
  hostname: string | undefined,
  { err }: Terminal,
): Promise<void> {
  environment.release();
  const edgePort = hostname === undefined ? undefined : await edgePortOf(environment);
  const application = hostname === undefined || edgePort === undefined ? undefined : { hostname, edgePort };
  err(keptText(environment, application));
}

/** Undefined when the lab does not answer: the verdict counts, not the way to look at it. */
async function edgePortOf({ labUrl }: LocalState): Promise<number | undefined> {
  const edge = await createDaemonClient({ url: labUrl })
    .call('edge', {})
    .catch(() => undefined);
  return edge?.port;
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
void main().then((exitCode) => {
  process.exitCode = exitCode;
});
