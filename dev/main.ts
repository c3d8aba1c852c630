import type { EnvironmentOptions, FromSupervisor, ToSupervisor } from './environment-messages';
import { startSupervisedEnvironment } from './supervised-environment';

/**
 * The supervisor: a process that owns the Temporal server, the lab and the worker of a local environment. It stops
 * them all when told to (message or signal), when something broke for good, and when the process that started it
 * ends, unless it was to keep them.
 */
const options: EnvironmentOptions = JSON.parse(process.argv[2] ?? '{}');
let isUp = false;
let ending = false;

const startup = startSupervisedEnvironment(options, {
  onEvent: (message) => tell({ type: 'event', message }),
  onBroken: endBecause,
});
startup.then(
  ({ state }) => {
    isUp = true;
    tell({ type: 'ready', state });
  },
  (error: Error) => endBecause(error.message),
);

process.on('message', (message: ToSupervisor) => {
  if (message.type === 'stop') void end(0);
});
process.on('disconnect', () => {
  // Not up yet: the process that wanted to keep it is gone before it could know where it is.
  if (!options.keep || !isUp) void end(0);
});
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void end(0));

/** `told` is called when the message is on its way, or when there is no one to tell. */
function tell(message: FromSupervisor, told: () => void = () => undefined): void {
  if (process.connected) process.send?.(message, undefined, undefined, told);
  else told();
}

/** Waits for a start that is under way: only what has started can be stopped in order. */
async function end(exitCode: number): Promise<void> {
  if (ending) return;
  ending = true;
  const environment = await startup.catch(() => undefined);
  await environment?.stop();
  process.exit(exitCode);
}

function endBecause(message: string): void {
  process.stderr.write(`${message}\n`);
  tell({ type: 'failed', message }, () => void end(1));
}
