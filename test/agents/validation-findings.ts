import type { ValidationFindings } from '../../agents/validation-analyst/validation-findings';
import { CHECKLIST_ITEMS, type ChecklistEntry, type DrillResult } from '../../contracts/validation';

const REGIONS = ['us-east-1', 'eu-west-1', 'ap-southeast-1'];

/** What step 4 finds of three healthy regions, changed where a test needs it. */
export function exampleFindings(changes: Partial<ValidationFindings> = {}): ValidationFindings {
  return {
    sla: { percentile: 95, underMs: 100, of: 'read' },
    recovery: { rtoSeconds: 20, rpoSeconds: 60 },
    regions: REGIONS,
    verdict: 'promoted',
    blockers: [],
    health: REGIONS.map((region) => service(region)),
    latency: [
      measured('sao-paulo', 97, 'us-east-1'),
      measured('johannesburg', 88, 'eu-west-1'),
      measured('singapore', 12, 'ap-southeast-1'),
    ],
    load: { seconds: 3, requestsPerSecond: 50, requests: 150, failed: 0, p95Ms: 81.4 },
    drill: exampleDrill(),
    checklist: checks({}),
    lag: [{ region: 'eu-west-1', store: 'orders', lagMs: 72, thresholdMs: 30_000 }],
    ...changes,
  };
}

export function service(region: string, detail?: string, name = 'api') {
  const healthy = detail === undefined;
  return { region, service: name, healthy, tasksHealthy: healthy ? 2 : 0, tasksWanted: 2, detail: detail ?? 'ok' };
}

export function measured(location: string, slaPercentileMs: number, servedBy: string) {
  const source = 'fake' as const;
  const withinSla = slaPercentileMs <= 100;
  return { location, servedBy, samples: 40, p50Ms: 20, p95Ms: slaPercentileMs, slaPercentileMs, withinSla, source };
}

export function exampleDrill(changes: Partial<DrillResult> = {}): DrillResult {
  return {
    class: 'region-loss',
    region: 'us-east-1',
    promoted: 'eu-west-1',
    rtoMs: 18_300,
    rtoTargetMs: 20_000,
    phases: [
      { phase: 'detect', ms: 3_100 },
      { phase: 'fence', ms: 900 },
      { phase: 'promote', ms: 160 },
      { phase: 'shift', ms: 12_040 },
      { phase: 'verify', ms: 2_100 },
    ],
    firstWriteMs: 18_000,
    acknowledgedWrites: 400,
    acknowledgedWritesLost: 0,
    rpoMs: 0,
    rpoTargetMs: 60_000,
    reportedLagMs: 20,
    fence: { kind: 'processes-gone', region: 'us-east-1', epoch: 3, at: '2026-11-21T08:00:00Z', detail: '' },
    passed: true,
    why: 'kept',
    ...changes,
  };
}

/** The checklist; what is not named passed. */
export function checks(changed: Record<string, [ChecklistEntry['status'], string]>): ChecklistEntry[] {
  return CHECKLIST_ITEMS.map((item) => {
    const [status, words] = changed[item] ?? ['passed', 'fine'];
    const evidence = [{ source: 'fake' as const, measured: words, at: '2026-11-21T08:00:00Z', generation: 1 }];
    return { item, status, evidence };
  });
}
