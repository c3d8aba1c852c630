import type { WatchState } from '../../policies/health/watch-state';

/** Reads the state of the watch. Never kept over an `await`: an acknowledgement may come in between. */
export type ReadState = () => WatchState;
/** Changes the state of the watch from what it is at that moment. */
export type ChangeState = (next: (now: WatchState) => WatchState) => void;
