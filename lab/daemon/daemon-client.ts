import { LabError, type LabErrorDetails, type LabFailureType } from '../lab-error';
import type { OperationInput, OperationName, OperationResults } from './daemon-protocol';

/** Typed calls to a lab daemon. Failures are LabErrors, or what `toError` makes of them. */
export interface DaemonClient {
  call<N extends OperationName>(name: N, input: OperationInput<N>, signal?: AbortSignal): Promise<OperationResults[N]>;
}

export interface DaemonClientOptions {
  /** where the daemon listens, for example `http://127.0.0.1:20000` */
  url: string;
  /** turns a failure into the caller's own error class */
  toError?: (failure: LabError) => Error;
}

/** A client of the daemon. A daemon that does not answer is `Platform.Unavailable`; an aborted call throws as fetch does. */
export function createDaemonClient({ url, toError = (failure) => failure }: DaemonClientOptions): DaemonClient {
  return {
    async call(name, input, signal) {
      const response = await post(`${url}/${name}`, input, signal).catch((error: unknown) => {
        if (signal?.aborted) throw error;
        throw toError(new LabError('Platform.Unavailable', `the lab at ${url} does not answer: ${reasonOf(error)}`));
      });
      const body: unknown = await response.json();
      if (!response.ok) throw toError(failureFrom(body));
      // the daemon is part of this program: its answers have the types of the same protocol file
      return body as OperationResults[typeof name];
    },
  };
}

function post(url: string, input: unknown, signal?: AbortSignal): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
    ...(signal && { signal }),
  });
}

function failureFrom(body: unknown): LabError {
  const failure = body as { type?: LabFailureType; message?: string; details?: LabErrorDetails };
  return new LabError(failure.type ?? 'Platform.Unavailable', failure.message ?? 'no reason given', failure.details);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
