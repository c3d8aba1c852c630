import type { Backup, BackupChain, RecoveryTarget, RestoreReport } from '../../contracts/backup';
import { chooseBackup } from '../../policies/choose-backup';
import { type Deployment, type Lab, type Store, siteOf, storeOf } from '../daemon/lab-state';
import { Locks } from '../daemon/locks';
import { LabError } from '../lab-error';
import type { Archive } from '../postgres/archive';
import { archiveState } from './archive-state';
import { archivedSegments, breaksIn, type Checked, removeSegmentsBefore } from './archived-log';
import { asBackup, type KeptBackup, keptBackups, removeBackup } from './manifest';
import { proveBackup } from './prove-backup';
import { restoreStore, serveRestored } from './restore-store';
import { retention } from './retention';
import { archiveOf } from './store-archive';
import { takeBackup } from './take-backup';
import { segmentNumberAt } from './wal-segments';

interface RestoreWish {
  store: string;
  region: string;
  backup?: string | undefined;
  target: RecoveryTarget;
}

/** The backups of a lab. Acts on the backups of one store run one after the other, beside whatever its databases do. */
export class Backups {
  private readonly locks = new Locks();
  private readonly checked: Checked = new Set();
  /** one port for all databases that are restored beside the others: they run one after the other */
  private scratchPort: number | undefined;
  /** by store, the last restore: asked for again in the same epoch it goes on where it ended, and restores nothing again */
  private readonly restored = new Map<string, { epoch: number; report: RestoreReport; serves: boolean }>();

  constructor(private readonly lab: Lab) {}

  /** Once per id: a backup that is complete is returned as it is. */
  take(deployment: Deployment, { store: name, id }: { store: string; id: string }): Promise<Backup> {
    const store = storeOf(deployment, name);
    return this.onBackups(deployment, store, async (archive) => {
      const known = (await keptBackups(archive)).find(({ manifest }) => manifest.id === id);
      return asBackup(known ?? (await takeBackup(this.lab, deployment, store, id)));
    });
  }

  async list(deployment: Deployment, { store: name }: { store: string }): Promise<BackupChain> {
    const store = storeOf(deployment, name);
    const archive = this.archive(deployment, store);
    const kept = await keptBackups(archive);
    const chain = { store: name, backups: kept.map(asBackup) };
    const [newest] = kept;
    if (!newest) return chain;
    const { system } = newest.manifest;
    const oldest = kept.findLast(({ manifest }) => manifest.system === system) ?? newest;
    const question = { archive, system, from: segmentNumberAt(oldest.manifest.start), checked: this.checked };
    return { ...chain, archive: await archiveState(this.lab, deployment, store, question) };
  }

  prove(deployment: Deployment, { store: name, id }: { store: string; id: string }): Promise<Backup> {
    const store = storeOf(deployment, name);
    return this.onBackups(deployment, store, async (archive) => {
      const backup = choose(await keptBackups(archive), { backup: id, target: { kind: 'latest' } });
      const prove = (port: number) => proveBackup({ lab: this.lab, store, archive, backup, port });
      return asBackup(await this.inScratch(prove));
    });
  }

  async choose(deployment: Deployment, { store: name, ...wish }: RestoreWish): Promise<Backup> {
    const store = storeOf(deployment, name);
    return asBackup(choose(await keptBackups(archiveOf(this.lab, siteOf(deployment, wish.region), store.name)), wish));
  }

  restore(deployment: Deployment, input: RestoreWish & { epoch: number }): Promise<RestoreReport> {
    const { region, target, epoch } = input;
    const store = storeOf(deployment, input.store);
    return this.onBackups(deployment, store, async ({ key }) => {
      const last = this.restored.get(key);
      if (last?.epoch === epoch && last.report.region === region) return this.serve(deployment, store, last);
      const archive = archiveOf(this.lab, siteOf(deployment, region), store.name);
      const backup = choose(await keptBackups(archive), input);
      const segments = await archivedSegments(archive, backup.manifest.system);
      const breaks = await breaksIn(segments, segmentNumberAt(backup.manifest.start), this.checked);
      const restore = { region, target, epoch, backup, archive, breaks };
      const report = await this.inScratch((port) => restoreStore(this.lab, deployment, store, { ...restore, port }));
      const restored = { epoch, report, serves: false };
      this.restored.set(key, restored);
      return this.serve(deployment, store, restored);
    });
  }

  private async serve(
    deployment: Deployment,
    store: Store,
    restored: { epoch: number; report: RestoreReport; serves: boolean },
  ): Promise<RestoreReport> {
    const { epoch, report } = restored;
    if (!restored.serves) await serveRestored(this.lab, deployment, store, { region: report.region, epoch });
    restored.serves = true;
    return report;
  }

  prune(
    deployment: Deployment,
    { store: name, keep, keepForMs }: { store: string; keep: number; keepForMs: number },
  ): Promise<{ backups: string[]; segments: number }> {
    return this.onBackups(deployment, storeOf(deployment, name), async (archive) => {
      const kept = await keptBackups(archive);
      const facts = kept.map(({ manifest, proof }) => ({ ...manifest, proof }));
      const { remove, neededFrom } = retention(facts, { keep, keepForMs, nowMs: Date.now() });
      for (const { folder, manifest } of kept) if (remove.includes(manifest.id)) await removeBackup(folder);
      let segments = 0;
      for (const [system, from] of neededFrom) {
        segments += await removeSegmentsBefore(await archivedSegments(archive, system), from);
      }
      return { backups: remove, segments };
    });
  }

  private inScratch<R>(act: (port: number) => Promise<R>): Promise<R> {
    return this.locks.run('scratch', async () => {
      this.scratchPort ??= await this.lab.ports.take();
      return act(this.scratchPort);
    });
  }

  private onBackups<R>(deployment: Deployment, store: Store, act: (archive: Archive) => Promise<R>): Promise<R> {
    const archive = this.archive(deployment, store);
    return this.locks.run(archive.key, () => act(archive));
  }

  /** Seen from the primary, or from any region when there is none: what is kept is found in all of them. */
  private archive(deployment: Deployment, store: Store): Archive {
    const region = store.primary ?? [...deployment.sites.keys()][0] ?? '';
    return archiveOf(this.lab, siteOf(deployment, region), store.name);
  }
}

function choose(kept: KeptBackup[], wish: Pick<RestoreWish, 'backup' | 'target'>): KeptBackup {
  const choice = chooseBackup(kept.map(asBackup), { ...wish, nowMs: Date.now() });
  const chosen = 'backup' in choice && kept.find(({ manifest }) => manifest.id === choice.backup.id);
  if (chosen) return chosen;
  throw new LabError('Platform.Refused', 'refusal' in choice ? choice.refusal : `backup: ${wish.backup} is gone`);
}
