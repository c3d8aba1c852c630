import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { type Agent, request } from 'node:https';
import { pipeline } from 'node:stream';
import { setTimeout as after } from 'node:timers/promises';
import { REGION_HEADER } from '../../contracts/probe-contract';
import { answerJson } from './answer-json';
import type { EdgeRecord } from './network-port';

/** Longer than any client of the lab waits; only keeps a dead region from holding sockets for ever. */
const UPSTREAM_TIMEOUT_MS = 30_000;

const CUT_POLL_MS = 25;

/** Belong to one connection, not to the message (RFC 9110 §7.6.1). */
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'];

export interface Forwarding {
  record: EdgeRecord;
  hostname: string;
  /** round trip between the client’s location and the region, milliseconds */
  rttMs: number;
  agent: Agent;
  /** nothing crosses now, in either direction */
  isCut: () => boolean;
}

/**
 * Carries one request to a region’s load balancer and the answer back, half a round trip each way. A region that
 * cannot be reached is a 502 that names it; the request is never tried on another region, as it could be a write.
 */
export async function forwardRequest(
  incoming: IncomingMessage,
  answer: ServerResponse,
  forwarding: Forwarding,
): Promise<void> {
  const { record, hostname, rttMs, agent, isCut } = forwarding;
  const lateMs = await travel(rttMs / 2);
  await crossed(isCut, answer);
  if (incoming.destroyed && !incoming.complete) return;
  const upstream = request({
    host: '127.0.0.1',
    port: record.targetPort,
    method: incoming.method,
    path: incoming.url,
    headers: withoutHopByHop(incoming.headers),
    servername: hostname,
    agent,
    timeout: UPSTREAM_TIMEOUT_MS,
  });
  upstream.on('timeout', () => upstream.destroy(new Error(`no answer within ${UPSTREAM_TIMEOUT_MS} ms`)));
  upstream.on('response', (response) => void answerFrom(response, answer, forwarding, lateMs));
  upstream.on('error', (error: NodeJS.ErrnoException) => answerUnreachable(answer, record.region, error));
  answer.on('close', () => upstream.destroy());
  pipeline(incoming, upstream, () => undefined);
}

async function answerFrom(
  response: IncomingMessage,
  answer: ServerResponse,
  { record, rttMs, isCut }: Forwarding,
  lateMs: number,
): Promise<void> {
  await travel(rttMs / 2 - lateMs);
  await crossed(isCut, answer);
  if (answer.destroyed) return;
  const headers = { [REGION_HEADER]: record.region, ...withoutHopByHop(response.headers) };
  answer.writeHead(response.statusCode ?? 502, headers);
  pipeline(response, answer, () => undefined);
}

/**
 * `carried: false`: the region never saw the request. `carried: "unknown"`: it may have acted on it before the
 * connection broke.
 */
function answerUnreachable(answer: ServerResponse, region: string, error: NodeJS.ErrnoException): void {
  const carried = error.code === 'ECONNREFUSED' ? false : 'unknown';
  answerJson(answer, 502, { error: `region ${region} cannot be reached: ${error.message}`, region, carried });
}

function withoutHopByHop(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}

/** A cut is silent: whoever asks hears nothing until it heals or he gives up. */
async function crossed(isCut: () => boolean, answer: ServerResponse): Promise<void> {
  while (isCut() && !answer.destroyed) await after(CUT_POLL_MS);
}

/** Timers are late, by more on a busy machine: the way back makes up for what the way there took too long. */
async function travel(ms: number): Promise<number> {
  const startedMs = performance.now();
  if (ms >= 1) await after(ms);
  return performance.now() - startedMs - ms;
}
