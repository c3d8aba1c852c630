import type { LiveOperationRequest } from '../../../contracts/messages';
import type { Target } from '../target';

export interface DeployOptions {
  yes?: true;
  json?: true;
  by: string;
  detach?: true;
  revertDrift?: true;
  answer: string[];
  out?: string;
}

/** What each verb does; the files beside this one only know how they are called. */
export interface CliActions {
  dev(options: { stop?: true; plant: string[] }): Promise<void>;
  iamPolicy(file: string, options: { account?: string; principal?: string; externalId?: string }): Promise<void>;
  plan(
    file: string,
    options: { json?: true; details?: true; detailedExitcode?: true; answer: string[]; by: string },
  ): Promise<void>;
  deploy(file: string, options: DeployOptions): Promise<void>;
  operate(
    target: Target,
    operation: Asked,
    options: { yes?: true; json?: true; detach?: true; by: string },
  ): Promise<void>;
  failovers(target: Target, options: { json?: true }): Promise<void>;
  drills(target: Target, options: { json?: true }): Promise<void>;
  drillSchedule(
    target: Target,
    options: { change?: 'pause' | 'resume' | 'remove'; json?: true; by: string },
  ): Promise<void>;
  backups(target: Target, options: { take?: true; json?: true; exitCode?: true }): Promise<void>;
  health(target: Target, options: { json?: true; start?: true; exitCode?: true }): Promise<void>;
  alerts(target: Target, options: { json?: true; all?: true }): Promise<void>;
  acknowledge(target: Target, alertId: string, options: { by: string }): Promise<void>;
  status(target: Target | undefined, options: { json?: true; watch?: true }): Promise<void>;
  approve(
    target: Target,
    options: { reject?: true; comment?: string; digest?: string; yes?: true; by: string },
  ): Promise<void>;
  abort(target: Target, options: { reason: string; by: string }): Promise<void>;
  pause(target: Target, options: { reason: string; by: string }): Promise<void>;
  resume(target: Target, options: { by: string }): Promise<void>;
  drift(target: Target, options: { json?: true; exitCode?: true }): Promise<void>;
  sweep(target: Target, options: { dryRun?: true; yes?: true; json?: true; by: string }): Promise<void>;
  report(target: Target, options: { generation?: number; json?: true; html?: string }): Promise<void>;
  retire(target: Target, options: { yes?: true; json?: true; by: string }): Promise<void>;
  keys(what: 'create' | 'show', options: { name?: string; gateway?: true }): Promise<void>;
  slack(): Promise<void>;
  webhook(): Promise<void>;
}

/** An operation on what is live, before it has a requester. */
type Asked = LiveOperationRequest extends infer One
  ? One extends unknown
    ? Omit<One, 'requester' | 'signature'>
    : never
  : never;
