import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from '@anthropic-ai/sdk';
import type { ModelFailure } from './model';

/** Before a provider that did not say when to come back is asked again. */
const DEFAULT_RETRY_MS = 2_000;
/** Nothing was sent when a connection could not be made. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CERT_HAS_EXPIRED',
]);

/**
 * The one place that says what an error of the Messages API means: was it billed, whose fault is it, is another attempt
 * worth it. Anything not known to be free counts as `unknown`, which costs its whole reservation.
 */
export function classifyModelFailure(error: unknown): ModelFailure {
  if (error instanceof APIConnectionTimeoutError) return unknown('the model did not answer in time');
  if (error instanceof APIUserAbortError) return unknown('the call to the model was stopped');
  if (error instanceof APIConnectionError) return connectionFailure(error);
  if (error instanceof APIError) return statusFailure(error);
  return unknown(`the call to the model failed: ${error instanceof Error ? error.message : String(error)}`);
}

function connectionFailure(error: APIConnectionError): ModelFailure {
  const code = causeCodes(error).find((candidate) => NEVER_SENT.has(candidate));
  if (!code) return unknown('the connection to the model was lost after the request was sent');
  return unavailable(
    `the model cannot be reached (${code}); check the network and the model's base URL`,
    DEFAULT_RETRY_MS,
  );
}

/** By shape, not by class: errors of Node's own network code may come from another realm. */
function causeCodes(error: unknown): string[] {
  if (typeof error !== 'object' || error === null) return [];
  const code = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  return 'cause' in error ? [...code, ...causeCodes(error.cause)] : code;
}

function statusFailure(error: APIError): ModelFailure {
  const said = error.apiMessage ?? error.message;
  switch (error.status) {
    case 400:
    case 413:
    case 422:
      return misconfigured(`the model refused the request as invalid (${error.status}): ${said}`);
    case 401:
    case 403:
      return misconfigured(
        `the model refused the key (${error.status}): ${said}; check the API key and what it may use`,
      );
    case 402:
      return misconfigured(`the account has no credit (402): ${said}`);
    case 404:
      return misconfigured(
        `the provider does not know the model or the address (404): ${said}; check model and base URL`,
      );
    case 429:
      return unavailable(`the model's rate limit is reached (429): ${said}`, retryAfterMs(error));
    case 529:
      return unavailable(`the provider is overloaded (529): ${said}`, retryAfterMs(error));
    default:
      return unknown(`the provider failed (${error.status ?? 'no status'}): ${said}`);
  }
}

/** `retry-after-ms`, or `retry-after` in seconds or as a date. */
function retryAfterMs(error: APIError): number {
  const exact = Number(error.headers?.get('retry-after-ms') ?? Number.NaN);
  if (exact >= 0) return exact;
  const value = error.headers?.get('retry-after');
  if (!value) return DEFAULT_RETRY_MS;
  const seconds = Number(value);
  const ms = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1_000;
  return Number.isNaN(ms) ? DEFAULT_RETRY_MS : Math.max(0, ms);
}

function unknown(message: string): ModelFailure {
  return { outcome: 'unknown', failureType: 'Model.Unavailable', message };
}

function unavailable(message: string, retryMs: number): ModelFailure {
  return { outcome: 'not-billed', failureType: 'Model.Unavailable', message, retryAfterMs: retryMs };
}

function misconfigured(message: string): ModelFailure {
  return { outcome: 'not-billed', failureType: 'Model.Misconfigured', message };
}
