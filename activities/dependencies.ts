import type { Client } from '@temporalio/client';
import type { TakeModelTurn } from '../agents/loop/model-turn';
import type { OperationRequest } from '../contracts/messages';
import type { PlatformKind } from '../contracts/region';
import type { DeploymentKey } from '../contracts/workflow-ids';
import type { Platform } from '../platforms/platform';
import type { OrchestratorSettings } from './settings';
import type { ArtifactStore, DeploymentStore } from './store-port';

/** What activities need from outside; chosen in worker/dependencies.ts and nowhere else. */
export interface ActivityDependencies {
  records: DeploymentStore;
  artifacts: ArtifactStore;
  /** Throws a `Platform.Refused` error naming the platforms that are configured when the kind is not among them. */
  platform(kind: PlatformKind): Platform;
  takeModelTurn: TakeModelTurn;
  settings: OrchestratorSettings;
  /** signs what the watch asks for, with the key of the worker; absent: it has none, and production refuses to be asked */
  signOperation?: (operation: OperationRequest, key: DeploymentKey) => OperationRequest;
  /** to read the history of a deployment when its time is accounted for */
  client: Client;
  /** where reports are written for people, next to the artifact store */
  reportDirectory: string;
  now(): Date;
}
