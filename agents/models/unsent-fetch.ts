import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';

/** A handshake across the world takes well under a second, with two lost packets four; a dead region is given up then. */
const CONNECT_TIMEOUT_MS = 5_000;

/** A request that failed before its first byte was written: it cannot have been answered, nor billed. */
export class NeverSentError extends Error {
  /** @param reason a code of the operating system or of TLS, or how long nothing answered */
  constructor(readonly reason: string) {
    super(`nothing was sent: ${reason}`);
    this.name = 'NeverSentError';
  }
}

interface Sending {
  /** the request exists, and Node tells what becomes of it */
  made: boolean;
  /** its first byte is about to be written */
  sent: boolean;
}

const current = new AsyncLocalStorage<Sending>();
const sendings = new WeakMap<object, Sending>();

// Documented channels of Node's own fetch (undici, "diagnostics channel support"): they are what tells a request that
// waits for its connection from one that waits for its answer; the error of an aborted request tells nothing.
subscribe('undici:request:create', (message) => {
  const sending = current.getStore();
  if (!sending) return;
  sending.made = true;
  sendings.set(requestOf(message), sending);
});
subscribe('undici:client:sendHeaders', (message) => {
  const sending = sendings.get(requestOf(message));
  if (sending) sending.sent = true;
});

function requestOf(message: unknown): object {
  return (message as { request: object }).request;
}

/**
 * A `fetch` that gives up a connection that is not made in time, and that throws a NeverSentError where it is known that
 * nothing was sent: an unknown host, a refused or silent connection, a certificate. Everything else is as in `fetch`.
 */
export function unsentFetch(connectTimeoutMs = CONNECT_TIMEOUT_MS): typeof fetch {
  return async (input, init) => {
    const sending: Sending = { made: false, sent: false };
    const connecting = new AbortController();
    const timer = setTimeout(() => {
      if (sending.made && !sending.sent)
        connecting.abort(new NeverSentError(`no connection within ${connectTimeoutMs / 1_000} s`));
    }, connectTimeoutMs);
    const signal = AbortSignal.any([connecting.signal, ...(init?.signal ? [init.signal] : [])]);
    try {
      return await current.run(sending, () => fetch(input, { ...init, signal }));
    } catch (error) {
      if (!sending.made || sending.sent || error instanceof NeverSentError) throw error;
      throw new NeverSentError(codeOf(error) ?? 'no connection');
    } finally {
      clearTimeout(timer);
    }
  };
}

/** By shape, not by class: errors of Node's own network code may come from another realm. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'cause' in error ? codeOf(error.cause) : undefined;
}
