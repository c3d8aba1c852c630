import { once } from 'node:events';
import { startLocalEnvironment, stopLocalEnvironment } from '../../../dev/local-environment';
import { loadConfig } from '../../../temporal.config';
import { ClientProblem } from '../../client-problem';
import { EXIT } from '../exit-codes';
import { parsePlantedFaults } from '../planted-faults';
import type { Terminal } from '../terminal';

export interface DevInput {
  stop?: boolean;
  plant: string[];
  /** aborted: stop the environment */
  signal: AbortSignal;
}

/** Brings server, lab and worker up on this machine, for commands in other terminals, until Ctrl-C. */
export async function runDev({ stop, plant, signal }: DevInput, { out, err }: Terminal): Promise<number> {
  const { stateFolder } = loadConfig();
  if (stop) {
    const stopped = await stopLocalEnvironment(stateFolder);
    out(stopped ? 'stopped\n' : 'nothing runs here\n');
    return EXIT.ok;
  }
  const planted = parsePlantedFaults(plant);
  let broken: string | undefined;
  const ended = new AbortController();
  const environment = await startLocalEnvironment({
    stateFolder,
    announce: true,
    keep: false,
    planted,
    onEvent: (message) => err(`${message}\n`),
    onBroken: (reason) => {
      broken = reason;
      ended.abort();
    },
  });
  out(
    `ready: Temporal at ${environment.temporalAddress}${environment.uiUrl ? `, Web UI at ${environment.uiUrl}` : ''}\n`,
  );
  out('deploy from another terminal: meridian deploy FILE; Ctrl-C stops everything\n');
  const any = AbortSignal.any([signal, ended.signal]);
  if (!any.aborted) await once(any, 'abort');
  if (broken !== undefined) throw new ClientProblem('unexpected', `the local environment broke: ${broken}`);
  err('stopping\n');
  await environment.stop();
  return EXIT.ok;
}
