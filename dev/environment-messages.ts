import type { PlantedFault } from '../lab/daemon/daemon-protocol';
import type { LocalState } from './local-state';

/** What a local environment is to be. Travels to the supervisor as its one argument, JSON. */
export interface EnvironmentOptions {
  /** folder of this one environment: records, artifacts, reports, logs */
  home: string;
  /** folder in which commands in other terminals look for a running environment; undefined: not announced */
  announceIn: string | undefined;
  /** stay up when the process that started it has ended */
  keep: boolean;
  /** faults that wait in the lab for their moment */
  planted: PlantedFault[];
}

/** From the process that started the environment to its supervisor. */
export type ToSupervisor = { type: 'stop' };

/** From the supervisor to the process that started it. */
export type FromSupervisor =
  | { type: 'event'; message: string }
  | { type: 'ready'; state: LocalState }
  | { type: 'failed'; message: string };
