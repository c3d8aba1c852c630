import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { locationRtts } from '../../catalog/latency';
import { startNetwork } from '../network/start-network';
import { databaseOwner, postgresBinaries } from '../postgres/binaries';
import { createLabCertificate } from './certificate';
import { type DaemonOptions, type DaemonReady, daemonOptionsSchema } from './daemon-options';
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
  const end = endOnce(home);
  if (options.lifetime === 'parent') process.once('disconnect', end);
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  try {
    const lab = await createLab(home, options);
    for (const folder of swept) lab.log(`swept ${folder}, whose daemon was gone`);
    const port = await lab.ports.take();
    await startHttpServer(createOperations(lab, end), port, lab.log);
    const ready: DaemonReady = { ready: true, port, home: home.path, pid: process.pid };
    if (process.connected) process.send?.(ready);
    else console.log(JSON.stringify(ready));
  } catch (error) {
    if (process.connected) process.send?.({ failed: error instanceof Error ? error.message : String(error) });
    await removeLabHome(home);
    process.exit(1);
  }
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
    deployments: new Map(),
    stacks: new Map(),
    planted: [...options.planted],
    faults: new Map(),
    siteCount: 0,
  };
}

/** Ends every process of the lab, removes its folder and exits; the network ends with this process. */
function endOnce(home: LabHome): () => void {
  let ending = false;
  return () => {
    if (ending) return;
    ending = true;
    removeLabHome(home).then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
}

void main();
