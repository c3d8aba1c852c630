import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createAnthropicModel } from '../../agents/models/anthropic-model';
import type { Model } from '../../agents/models/model';
import { testCertificate } from '../lab/network/certificate';
import { startBlackHole } from '../support/black-hole';
import { startScriptedModelServer } from '../support/scripted-model-server';

const CALL = { system: 'choose', user: 'c1', maxTokens: 100 };
const closing: Array<() => unknown> = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function modelAt(baseUrl: string, limits: { connectTimeoutMs?: number; answerTimeoutMs?: number } = {}): Model {
  return createAnthropicModel({ model: 'claude-sonnet-5-5', apiKey: 'a-key-of-a-test', baseUrl, ...limits });
}

/** What the failure of a call through the real SDK means. */
async function failureAt(...target: Parameters<typeof modelAt>) {
  const model = modelAt(...target);
  return model.create(CALL).then(
    () => undefined,
    (error) => model.classify(error),
  );
}

async function listening(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const unsent = (brief: unknown) => ({ outcome: 'not-billed', regional: true, retryAfterMs: 2_000, brief });

describe('nothing was sent, and it is known', () => {
  it('where connections disappear without a word', async () => {
    const { address, stop } = await startBlackHole();
    closing.push(stop);
    const began = Date.now();
    expect(await failureAt(`http://${address}`, { connectTimeoutMs: 300 })).toMatchObject(
      unsent('no connection within 0.3 s'),
    );
    expect(Date.now() - began).toBeLessThan(2_000);
  });

  it('where a connection is made and never becomes a secure one', async () => {
    const silent = await listening(createServer());
    expect(await failureAt(`https://${silent}`, { connectTimeoutMs: 300 })).toMatchObject(
      unsent('no connection within 0.3 s'),
    );
  });

  it('where a certificate is not to be trusted', async () => {
    const { key, cert } = await testCertificate();
    const address = await listening(createTlsServer({ key, cert }));
    expect(await failureAt(`https://${address}`)).toMatchObject(unsent(expect.stringMatching(/CERT|SIGNATURE/)));
  });

  it('where a host has no address', async () => {
    expect(await failureAt('http://models.invalid')).toMatchObject(
      unsent(expect.stringMatching(/ENOTFOUND|EAI_AGAIN/)),
    );
  });
});

describe('something was sent', () => {
  it('when the server took the connection and is silent: no answer is no missing connection', async () => {
    const silent = await listening(createServer());
    const failure = await failureAt(`http://${silent}`, { connectTimeoutMs: 200, answerTimeoutMs: 600 });
    expect(failure).toMatchObject({ outcome: 'unknown', brief: 'time-out' });
  });

  it('when a connection that was kept open is lost', async () => {
    const { url, stop } = await startScriptedModelServer([{ kind: 'answer', answer: 'x' }, { kind: 'reset' }]);
    closing.push(stop);
    const model = modelAt(url);
    await model.create(CALL);
    const lost = await model.create(CALL).catch((error) => model.classify(error));
    expect(lost).toMatchObject({ outcome: 'unknown', brief: 'connection lost' });
  });

  it('when an answer takes longer than a connection may', async () => {
    const late = { kind: 'status', status: 429, delayMs: 500 } as const;
    const { url, stop } = await startScriptedModelServer([late]);
    closing.push(stop);
    expect(await failureAt(url, { connectTimeoutMs: 200 })).toMatchObject({ brief: '429' });
  });
});
