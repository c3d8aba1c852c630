import fc from 'fast-check';
import type { HostileReply } from './hostile-case';
import { hostileWords } from './hostile-words';

/** `retry-after` as providers, proxies and attackers send it; none of them waits for long in a test. */
const RETRY_AFTER = [
  '0',
  '0.05',
  '1',
  '61',
  '86400',
  '-5',
  'soon',
  'Infinity',
  '1e999',
  'NaN',
  '',
  '0x1',
  'Wed, 21 Oct 2015 07:28:00 GMT',
  'Fri, 31 Dec 9999 23:59:59 GMT',
];

/** Every way in which a provider does not answer. */
export function providerFailures(mark: string): fc.Arbitrary<HostileReply> {
  const message = hostileWords(mark, 300);
  const refused = fc.tuple(fc.constantFrom(400, 401, 402, 403, 404, 413, 422), message);
  const lost = fc.tuple(fc.constantFrom(408, 409, 424, 500, 502, 503, 504, 520), message);
  const busy = fc.tuple(fc.constantFrom(429, 429, 529), fc.constantFrom(...RETRY_AFTER), message);
  return fc.oneof(
    refused.map(([status, words]): HostileReply => ({ kind: 'status', status, message: words })),
    lost.map(([status, words]): HostileReply => ({ kind: 'status', status, message: words })),
    {
      weight: 3,
      arbitrary: busy.map(
        ([status, retryAfter, words]): HostileReply => ({ kind: 'status', status, retryAfter, message: words }),
      ),
    },
    fc.constantFrom<HostileReply>(
      { kind: 'hang' },
      { kind: 'reset' },
      { kind: 'garbage' },
      { kind: 'overloaded-late' },
      { kind: 'refusal' },
    ),
    fc
      .constantFrom(
        '',
        '<html>502</html>',
        'null',
        '[]',
        '{}',
        '{"type":"message"}',
        '{"content":null,"usage":null}',
        `{"error":"${mark}"}`,
      )
      .map((body): HostileReply => ({ kind: 'raw', status: 200, body })),
    fc
      .tuple(fc.constantFrom(429, 529, 500, 400), fc.constantFrom('', 'not json', '{"error":{}}', '{"error":null}'))
      .map(([status, body]): HostileReply => ({ kind: 'raw', status, body, headers: { 'retry-after-ms': '1e400' } })),
  );
}

/** 200 with an answer whose usage is missing or cannot be true; `text` is the answer. */
export function lyingUsage(text: string): fc.Arbitrary<HostileReply> {
  const number = fc.constantFrom<unknown>(0, -1, -5_000, 1e9, 1e308, 0.5, '900', null, undefined, true, {}, []);
  const usage = fc.oneof(
    { weight: 3, arbitrary: fc.record({ input_tokens: number, output_tokens: number }) },
    fc.constantFrom<unknown>(null, undefined, 7, 'none', [], {}),
  );
  const message = { id: 'msg', type: 'message', role: 'assistant', model: 'm', stop_reason: 'end_turn' };
  return usage.map((said): HostileReply => {
    const body = JSON.stringify({ ...message, content: [{ type: 'text', text }], usage: said });
    return { kind: 'raw', status: 200, body };
  });
}
