/**
 * When the platform undoes a fault by itself, whoever has died meanwhile. Longer than a drill may wait while its fault is
 * in force, or it would be cured before it is over: 60 s to be noticed, 60 s to the first write, 30 s to the alarm, a
 * minute for acts that are repeated and a minute for a worker that is replaced meanwhile.
 */
export const UNDO_AFTER_MS = 270_000;
