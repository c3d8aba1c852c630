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
  writerDir: string,
): Pick<ProbePort, 'startWriter' | 'writerLog' | 'stopWriter'> {
  return {
    async startWriter({ id, account, application, environment, hostname, writesPerSecond }) {
      const { port, caCertificate } = await daemon.call('edge', {});
      const edge = { port, caCertificate };
      await startWriterProcess(writerDir, { id, account, application, environment, hostname, writesPerSecond, edge });
      return { id };
    },
    async writerLog({ id }) {
      known(writerDir, id);
      return writerProcessLog(writerDir, id);
    },
    async stopWriter({ id }) {
      const { account, application, environment } = known(writerDir, id);
      await stopWriterProcess(writerDir, id);
      const log = writerProcessLog(writerDir, id);
      return { log, present: await survivingNumbers(daemon, { account, application, environment }, id) };
    },
  };
}

function known(writerDir: string, id: string): WriterSettings {
  const settings = writerSettings(writerDir, id);
  if (settings) return settings;
  throw new PlatformError('Platform.Refused', `writer: "${id}" was never started on this machine`, { resource: id });
}
