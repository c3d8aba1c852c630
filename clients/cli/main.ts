import { endOnClosedPipe } from './end-on-closed-pipe';
import { EXIT } from './exit-codes';
import { runCli } from './run-cli';
import { processTerminal } from './terminal';

/** The process `meridian`: the first Ctrl-C detaches or stops in order, the second ends at once. */
async function main(): Promise<void> {
  endOnClosedPipe();
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
      interrupt.abort();
    });
  }
  process.exitCode = await runCli(process.argv.slice(2), processTerminal(), interrupt.signal);
}

void main();
