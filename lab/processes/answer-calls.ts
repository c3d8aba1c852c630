import type { CallReply, CallRequest } from './called-process';

/** What a child process does for each call of its parent. */
export type CallHandlers<C> = {
  [N in keyof C]: C[N] extends { input: infer I; result: infer R } ? (input: I) => Promise<R> : never;
};

/**
 * The child's end of called-process.ts: the first message is its settings, every other one a call. `begin` makes the
 * handlers and returns when the process is ready. Without its parent the process ends by `end`.
 */
export function answerCalls<C, Settings>(
  begin: (settings: Settings) => Promise<CallHandlers<C>>,
  end: (settings: Settings) => Promise<void>,
): void {
  process.once('message', (settings: Settings) => {
    process.once('disconnect', () => {
      end(settings)
        .catch((error: unknown) => console.error(error))
        .finally(() => process.exit(0));
    });
    begin(settings).then(
      (handlers) => {
        process.on('message', (request: CallRequest) => void answer(handlers, request));
        reply({ id: 0, result: {} });
      },
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}

async function answer<C>(handlers: CallHandlers<C>, { id, call, input }: CallRequest): Promise<void> {
  try {
    const handler = handlers[call as keyof C] as (input: unknown) => Promise<unknown>;
    reply({ id, result: await handler(input) });
  } catch (error) {
    reply({ id, error: error instanceof Error ? error.message : String(error) });
  }
}

function reply(message: CallReply): void {
  if (process.connected) process.send?.(message);
}
