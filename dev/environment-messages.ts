import type { PlantedFault } from '../lab/daemon/daemon-protocol';
import type { LocalState } from './local-state';

/** What a local environment is to be. Travels to the supervisor as its one argument, JSON. */
export interface EnvironmentOptions {
  /** state folder of everything that is started: records, artifacts, logs, the lab */
  home: string;
  /** folder in which commands in other terminals look for a running environment; undefined: not announced */
  announceIn?: string;
  /** stay up when the process that started it has ended */
  keep: boolean;
  /** faults that wait in the lab for their moment */
  planted?: PlantedFault[];
  /** port asked for the Temporal server; any free one by default */
  temporalPort?: number;
  /** an existing lab instead of an own one */
  labUrl?: string;
}

/** From the process that started the environment to its supervisor. */
export type ToSupervisor = { type: 'stop' };

/** From the supervisor to the process that started it. */
export type FromSupervisor =
  | { type: 'event'; message: string }
  | { type: 'ready'; state: LocalState }
  | { type: 'failed'; message: string };
