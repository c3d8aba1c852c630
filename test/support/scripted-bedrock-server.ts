import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  bodyOf,
  type MessagesBody,
  play,
  type ScriptedReply,
  sendHeadersOnly,
  sendJson,
  textTokens,
} from './scripted-model-server';

export interface RecordedInvocation {
  region: string;
  /** the id in the path: a model or an inference profile */
  modelId: string;
  headers: IncomingMessage['headers'];
  body: MessagesBody & { anthropic_version?: string };
}

export interface ScriptedBedrockServer {
  /** for `MERIDIAN_BEDROCK_ENDPOINT`: all regions are folders of one server */
  endpoint: string;
  /** every InvokeModel, in order */
  invocations: RecordedInvocation[];
  /** every CountTokens, in order, with the body that was to be counted */
  counts: RecordedInvocation[];
  /** What a region does from now on; a list is played once, and its last reply again and again. */
  script(region: string, replies: ScriptedReply[]): void;
  stop(): Promise<void>;
}

/** A local server that speaks the wire format of bedrock-runtime (InvokeModel, CountTokens) in several regions. */
export async function startScriptedBedrockServer(
  regions: Record<string, ScriptedReply[]>,
  { count }: { count?: 'headers-then-hang' } = {},
): Promise<ScriptedBedrockServer> {
  const scripts = new Map(Object.entries(regions));
  const invocations: RecordedInvocation[] = [];
  const counts: RecordedInvocation[] = [];
  const server = createServer(async (incoming, response) => {
    const [, region = '', model = '', operation] = /^\/([^/]+)\/model\/([^/]+)\/(.+)$/.exec(incoming.url ?? '') ?? [];
    const body = JSON.parse(await bodyOf(incoming));
    const request = { region, modelId: decodeURIComponent(model), headers: incoming.headers };
    if (operation === 'count-tokens') {
      if (Object.keys(body).join() !== 'input') return sendJson(response, 400, { message: 'only input is known' });
      const counted = JSON.parse(Buffer.from(body.input.invokeModel.body, 'base64').toString('utf8'));
      counts.push({ ...request, body: counted });
      if (count) return sendHeadersOnly(response);
      return sendJson(response, 200, { inputTokens: textTokens(counted) });
    }
    invocations.push({ ...request, body });
    const replies = scripts.get(region) ?? [];
    const reply = replies.length > 1 ? replies.shift() : replies[0];
    if (operation !== 'invoke' || !reply) return sendJson(response, 500, { message: `no script for ${incoming.url}` });
    return play(reply, body, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/{region}`,
    invocations,
    counts,
    script: (region, replies) => void scripts.set(region, replies),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
