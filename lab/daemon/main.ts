import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { locationRtts } from '../../catalog/latency';
import { startNetwork } from '../network/start-network';
import { databaseOwner, postgresBinaries } from '../postgres/binaries';
import { createLabCertificate } from './certificate';
import { type DaemonFailed, type DaemonOptions, type DaemonReady, daemonOptionsSchema } from './daemon-options';
import { startHttpServer } from './http-server';
import { createLabHome, type LabHome, removeLabHome, sweepStaleHomes } from './lab-home';
import type { Lab } from './lab-state';
import { createOperations } from './operations';
import { PortBlocks } from './port-blocks';

/** The control plane of a lab, one process. Options come as one JSON argument; `DaemonReady` goes to the parent. */
async function main(): Promise<void> {
  const options = daemonOptionsSchema.parse(JSON.parse(process.argv[2] ?? '{}'));
  const swept = await sweepStaleHomes();
  const home = createLabHome(options.home);
  const lab = await createLab(home, options).catch(async (error: unknown) => {
    await removeLabHome(home);
    throw error;
  });
  const end = endOnce(lab);
  if (options.lifetime === 'parent') process.once('disconnect', end);
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  if (options.lifetime === 'parent' && process.send && !process.connected) end();
  for (const folder of swept) lab.log(`swept ${folder}, whose daemon was gone`);
  const port = await lab.ports.take();
  await startHttpServer(createOperations(lab, end), port, lab.log);
  tellParent({ ready: true, port, home: home.path, pid: process.pid });
}

async function createLab(home: LabHome, options: DaemonOptions): Promise<Lab> {
  const logs = join(home.path, 'logs');
  mkdirSync(logs, { mode: 0o711 });
  mkdirSync(join(home.path, 'regions'), { mode: 0o711 });
  const log = (message: string) => appendFileSync(join(logs, 'daemon.log'), `${new Date().toISOString()} ${message}\n`);
  const owner = databaseOwner();
  const certificate = await createLabCertificate(home.path);
  const network = await startNetwork({
    logFile: join(logs, 'network.log'),
    certificate: { key: certificate.key, cert: certificate.cert },
    locationRtts: locationRtts(),
  });
  return {
    home,
    certificate,
    network,
    log,
    ports: new PortBlocks(),
    postgres: { binaries: postgresBinaries(home.path, owner), owner },
    stabiliseMs: options.stabiliseMs,
    links: new Map(),
    deployments: new Map(),
    stacks: new Map(),
    planted: [...options.planted],
    faults: new Map(),
    siteCount: 0,
  };
}

/** Ends every process of the lab, removes its folder and exits. */
function endOnce(lab: Lab): () => void {
  const { home, network } = lab;
  let ending = false;
  return () => {
    if (ending) return;
    ending = true;
    lab.ending = true;
    network
      .stop()
      .then(() => removeLabHome(home))
      .then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(error);
          process.exit(1);
        },
      );
  };
}

function tellParent(message: DaemonReady | DaemonFailed): void {
  if (process.connected) process.send?.(message);
  else console.log(JSON.stringify(message));
}

main().catch((error: unknown) => {
  tellParent({ failed: error instanceof Error ? error.message : String(error) });
  process.exit(1);
});
