import { APIConnectionTimeoutError, APIError, APIUserAbortError } from '@anthropic-ai/sdk';

/**
 * Runs a call under one limit from its start to the last byte of its answer: the SDK's own `timeout` ends when the headers
 * are there. Throws an APIConnectionTimeoutError when the limit was reached, an APIUserAbortError when `signal` stopped it.
 */
export async function withinTime<T>(
  limitMs: number,
  signal: AbortSignal | undefined,
  call: (options: { signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const limit = AbortSignal.timeout(limitMs);
  try {
    return await call({ signal: AbortSignal.any([limit, ...(signal ? [signal] : [])]) });
  } catch (error) {
    if (error instanceof APIError && !(error instanceof APIUserAbortError)) throw error;
    if (signal?.aborted) throw new APIUserAbortError();
    if (limit.aborted) throw new APIConnectionTimeoutError();
    throw error;
  }
}
