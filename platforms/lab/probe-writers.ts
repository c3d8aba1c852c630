import type { DaemonClient } from '../../lab/daemon/daemon-client';
import {
  startWriterProcess,
  stopWriterProcess,
  writerProcessLog,
  writerSettings,
} from '../../lab/writer/writer-process';
import type { WriterSettings } from '../../lab/writer/writer-settings';
import type { ProbePort } from '../platform';
import { PlatformError } from '../platform-error';
import { survivingNumbers } from './probe-survivors';

/**
 * The writer functions of the probe port. A writer is found by its id alone, in the folder of all writers, so that a
 * new worker goes on where a killed one stopped.
 */
export function createWriterProbes(
  daemon: DaemonClient,
  writerDir: () => Promise<string>,
): Pick<ProbePort, 'startWriter' | 'writerLog' | 'stopWriter'> {
  return {
    async startWriter({ id, account, application, environment, hostname, writesPerSecond }) {
      const { port, caCertificate } = await daemon.call('edge', {});
      const settings = {
        id,
        account,
        application,
        environment,
        hostname,
        writesPerSecond,
        edge: { port, caCertificate },
      };
      await startWriterProcess(await writerDir(), settings);
      return { id };
    },
    async writerLog({ id }) {
      const folder = await writerDir();
      known(folder, id);
      return writerProcessLog(folder, id);
    },
    async stopWriter({ id }) {
      const folder = await writerDir();
      const { account, application, environment } = known(folder, id);
      await stopWriterProcess(folder, id);
      const log = writerProcessLog(folder, id);
      return { log, present: await survivingNumbers(daemon, { account, application, environment }, id) };
    },
  };
}

function known(folder: string, id: string): WriterSettings {
  const settings = writerSettings(folder, id);
  if (settings) return settings;
  throw new PlatformError('Platform.Refused', `writer: "${id}" was never started in ${folder}`, { resource: id });
}
