import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from '@anthropic-ai/sdk';
import type { ModelFailure } from './model';
import { providerWords } from './redact';
import { STATUS_FAILURES, type StatusFailure } from './status-failures';
import { NeverSentError } from './unsent-fetch';

/** Before a provider that did not say when to come back is asked again. */
const DEFAULT_RETRY_MS = 2_000;
/** "Infinity" is a number to JavaScript and none to JSON. */
const LONGEST_DELAY_MS = 86_400_000;
/** Of the AWS SDK, while it looked for credentials: there was no request yet. */
const NO_CREDENTIALS = new Set(['CredentialsProviderError', 'TokenProviderError', 'ProviderError']);

/** A failed call whose meaning is known already: of several regions, or of a region that was not even asked. */
export class ModelCallError extends Error {
  constructor(readonly failure: ModelFailure) {
    super(failure.message);
    this.name = 'ModelCallError';
  }
}

/**
 * The one place that says what an error of a model's client means: was it billed, whose fault is it, is another attempt
 * worth it. Anything not known to be free counts as `unknown`, which costs its whole reservation.
 * @param secrets the keys in use, which must not stand in any message
 */
export function classifyModelFailure(error: unknown, secrets: readonly string[] = []): ModelFailure {
  if (error instanceof ModelCallError) return error.failure;
  if (error instanceof APIConnectionTimeoutError) return unknown('time-out', 'the model did not answer in time');
  if (error instanceof APIUserAbortError) return unknown('stopped', 'the call to the model was stopped');
  if (error instanceof APIConnectionError) return connectionFailure(error);
  if (error instanceof APIError) return statusFailure(error, secrets);
  const words = error instanceof Error ? error.message : String(error);
  return unknown('failed', `the call to the model failed: ${providerWords(words, secrets)}`);
}

function connectionFailure(error: APIConnectionError): ModelFailure {
  const causes = causesOf(error);
  if (causes.some(({ name }) => NO_CREDENTIALS.has(name))) {
    return {
      outcome: 'not-billed',
      failureType: 'Model.Misconfigured',
      brief: 'no credentials',
      message:
        'no AWS credentials were found, nothing was sent; give the worker a role, a profile or AWS_BEARER_TOKEN_BEDROCK',
    };
  }
  const unsent = causes.find((cause) => cause instanceof NeverSentError);
  if (!unsent) return unknown('connection lost', 'the connection to the model was lost after the request was sent');
  return {
    outcome: 'not-billed',
    failureType: 'Model.Unavailable',
    brief: unsent.reason,
    message: `the model cannot be reached (${unsent.reason}); check the network and the model's base URL`,
    retryAfterMs: DEFAULT_RETRY_MS,
    regional: true,
  };
}

function causesOf(error: unknown): Error[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}

function statusFailure(error: APIError, secrets: readonly string[]): ModelFailure {
  const name = errorName(error);
  const words = providerWords(error.apiMessage ?? error.message, secrets);
  const brief = [error.status ?? 'no status', name].filter(Boolean).join(' ');
  const row = STATUS_FAILURES.find((candidate) => fits(candidate, error.status, name, words));
  if (!row) return unknown(brief, `the provider failed (${brief}): ${words}`);
  const { outcome, failureType, regional, what, fix, retry } = row;
  return {
    outcome,
    failureType,
    brief,
    message: `${what} (${brief}): ${words}${fix ? `; ${fix}` : ''}`,
    ...(retry && { retryAfterMs: retryAfterMs(error) }),
    ...(regional && { regional }),
  };
}

function fits({ status, names, says }: StatusFailure, received: unknown, name: string, words: string): boolean {
  return status === received && (names?.includes(name) ?? true) && (says?.test(words) ?? true);
}

/** AWS names its exceptions in a header, `ThrottlingException:http://…`; Anthropic has a code for some. */
function errorName(error: APIError): string {
  const aws = error.headers?.get('x-amzn-errortype')?.split(/[:#]/)[0];
  const name = aws ?? error.errorCode ?? '';
  return /^\w{1,64}$/.test(name) ? name : '';
}

/** `retry-after-ms`, or `retry-after` in seconds or as a date. Never more than a day: it has to survive as JSON. */
function retryAfterMs(error: APIError): number {
  const exact = Number(error.headers?.get('retry-after-ms') ?? Number.NaN);
  if (exact >= 0) return Math.min(exact, LONGEST_DELAY_MS);
  const value = error.headers?.get('retry-after');
  if (!value) return DEFAULT_RETRY_MS;
  const seconds = Number(value);
  const ms = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1_000;
  return Number.isNaN(ms) ? DEFAULT_RETRY_MS : Math.min(Math.max(0, ms), LONGEST_DELAY_MS);
}

function unknown(brief: string, message: string): ModelFailure {
  return { outcome: 'unknown', failureType: 'Model.Unavailable', brief, message };
}
