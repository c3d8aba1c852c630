import type { LiveOperationRequest } from '../../contracts/messages';
import type { OperationReport } from '../../contracts/operation-report';
import { patience } from '../../policies/patience';
import { measure, platform } from '../support/activity-stubs';
import { operate } from './operate';
import type { OperateInput, OperationRun } from './operation-run';

type Drain = Extract<LiveOperationRequest, { kind: 'drain' }>;
type Undrain = Extract<LiveOperationRequest, { kind: 'undrain' }>;

/** Takes a region out of answering; its databases go on replicating. */
export function drainRegion(input: OperateInput<Drain>): Promise<OperationReport> {
  return operate(input, async (run) => {
    const { region } = run.request;
    await setDrained(run, [...run.record.drained, region], `drain ${region}`, `${region} answers again`);
    return `${region} answers nobody any more; "meridian undrain" returns it`;
  });
}

/** Lets a drained region answer again, once it can serve. */
export function returnRegion(input: OperateInput<Undrain>): Promise<OperationReport> {
  return operate(input, async (run) => {
    const { region } = run.request;
    await awaitServing(run, region);
    const others = run.record.drained.filter((one) => one !== region);
    await setDrained(run, others, `${region} answers again`, `${region} answers nobody again`);
    return `${region} answers again`;
  });
}

/** Whether every task of a region can serve, its database included. */
export function awaitServing(run: OperationRun, region: string): Promise<void> {
  const timeoutMs = patience(run.on.platform).readyMs;
  const ask = () => measure.awaitReady(`${region}: can it serve`, { ...run.on, regions: [region], timeoutMs });
  return run.take('ready', `see that ${region} can serve`, ask);
}

/** Draining is one set per hostname: those that are not named answer again. */
async function setDrained(run: OperationRun, regions: string[], what: string, backWords: string): Promise<void> {
  const before = run.record.drained;
  const tell = (set: string[]) =>
    platform.drainRegions(what, { ...run.on, hostname: run.live.hostname, regions: set, epoch: run.epoch });
  await run.take('drain', what, () => tell(regions), { what: backWords, act: () => tell(before) });
}
