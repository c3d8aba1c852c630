import { z } from 'zod';
import { createJsonClient, type JsonClient } from '../lease-store/json-client';
import type { Tenure } from '../protocol/keeper';
import type { Lease } from '../protocol/lease';
import type { LogPosition } from '../protocol/plan';
import { type KeeperDescription, keeperDescriptionSchema } from './messages';

/** Talks to a keeper somewhere else. Every call fails when no answer came in time; what it asked for may have happened. */
export interface KeeperClient {
  call(url: string, message: { key: string; lease: Lease }): Promise<boolean>;
  appoint(url: string, message: { key: string; epoch: number }): Promise<void>;
  changed(url: string, message: { key: string; lease: Lease; serves?: boolean }): Promise<void>;
  ready(url: string, message: { key: string }): Promise<void>;
  take(url: string, message: { key: string; from: Tenure; to: Tenure; position: LogPosition }): Promise<boolean>;
  describe(url: string, message: { key: string }): Promise<KeeperDescription>;
  close(): void;
}

const TIMEOUT_MS = 1_000;
const TAKE_TIMEOUT_MS = 5_000;
const takenSchema = z.object({ taken: z.boolean() });

export function createKeeperClient(http: JsonClient = createJsonClient()): KeeperClient {
  const post = async (url: string, name: string, message: object, timeoutMs = TIMEOUT_MS): Promise<unknown> => {
    const { status, body } = await http.post(`${url}/${name}`, message, performance.now() + timeoutMs);
    if (status === 200) return body;
    throw new Error(`${url} answered ${status}: ${JSON.stringify(body).slice(0, 200)}`);
  };
  return {
    call: async (url, message) => takenSchema.parse(await post(url, 'call', message)).taken,
    appoint: async (url, message) => void (await post(url, 'appoint', message)),
    changed: async (url, message) => void (await post(url, 'changed', message)),
    ready: async (url, message) => void (await post(url, 'ready', message)),
    take: async (url, { key, from, to, position: { timeline, bytes } }) => {
      const position = { timeline, bytes: String(bytes) };
      const answer = await post(url, 'take', { key, from, epoch: to.epoch, position }, TAKE_TIMEOUT_MS);
      return takenSchema.parse(answer).taken;
    },
    describe: async (url, message) => keeperDescriptionSchema.parse(await post(url, 'describe', message)),
    close: () => http.close(),
  };
}
