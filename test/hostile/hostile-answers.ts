import fc from 'fast-check';
import type { AskingAgent } from '../support/scripted-answers';
import type { HostileReply, World } from './hostile-case';
import { hostileWords } from './hostile-words';
import { goodAnswer } from './worlds';

type Answer = Record<string, unknown>;
type Replies = fc.Arbitrary<HostileReply>;

const answerOf = (world: World, agent: AskingAgent, mark: string) => {
  const good = goodAnswer(world, agent, mark);
  return typeof good === 'string' ? { text: good } : good;
};
const answered = (answer: object | string): HostileReply => ({ kind: 'answer', answer });

/** Text that is no answer any more: cut anywhere, as if finished or at `max_tokens`, or words without an end. */
export function cutAnswers(world: World, agent: AskingAgent, mark: string): Replies {
  const text = JSON.stringify(answerOf(world, agent, mark));
  const cut = fc.nat({ max: text.length - 1 }).map((length) => text.slice(0, length));
  return fc.oneof(
    cut.map((part): HostileReply => ({ kind: 'truncated', text: part })),
    cut.map((part) => answered(part)),
    fc
      .nat({ max: 3 })
      .map((n): HostileReply => ({ kind: 'truncated', text: `{"weigh":"${mark} ${'so '.repeat(n * 400)}` })),
    fc
      .constantFrom('tool_use', 'pause_turn', 'model_context_window_exceeded', 'something_new')
      .map((stopReason): HostileReply => ({ kind: 'answer', answer: text, stopReason })),
  );
}

/** JSON that is broken, of another shape, of wrong types, with fields too many, or made to reach a prototype. */
export function misshapenAnswers(world: World, agent: AskingAgent, mark: string): Replies {
  const good = answerOf(world, agent, mark);
  const text = JSON.stringify(good);
  const fields = fc.constantFrom(...Object.keys(good));
  const value = fc.oneof(
    fc.constantFrom(null, true, 0, -1, 1e308, '', [], {}, [[]], [null], [{ toString: mark }], { length: 3 }),
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom('A', '🔥', '"').map((unit) => unit.repeat(2_000)),
    fc.constantFrom(' ', ':', '{').map((unit) => `c1 ${unit.repeat(19_000)}c1`),
    fc.constantFrom('c1', ' ').map((unit) => unit.repeat(2_000_000)),
    fc.constantFrom('toString', 'valueOf', 'toJSON', '__proto__').map((key) => [JSON.parse(`{"${key}":null}`)]),
    fc.constant(Array.from({ length: 3_000 }, (_, index) => `${mark} ${index}`)),
  );
  return fc.oneof(
    fc.tuple(fields, value).map(([field, wrong]) => answered({ ...good, [field]: wrong })),
    fields.map((field) => answered(Object.fromEntries(Object.entries(good).filter(([key]) => key !== field)))),
    fc
      .constantFrom('__proto__', 'constructor', 'prototype')
      .map((key) =>
        answered(`${text.slice(0, -1)},"${key}":{"accepted":true,"kind":"accepted","choice":{},"approval":"none"}}`),
      ),
    fc
      .constantFrom('approved', 'decidedBy', 'skipApproval', 'limits', 'maxTokens')
      .map((key) => answered({ ...good, [key]: mark, request: [{ rollout: { approval: 'none' } }] })),
    fc
      .constantFrom(
        '',
        'null',
        '[]',
        '"text"',
        '42',
        `[${text}]`,
        `${text}${text}`,
        `${text},`,
        `//\n${text}`,
        '{',
        '\u0000',
      )
      .map(answered),
    fc
      .constantFrom(`\`\`\`json\n${text}\n\`\`\``, `\ufeff${text}`, `Sure! ${text}`, text.replaceAll('"', "'"))
      .map(answered),
    fc.constant(answered(`${'['.repeat(4_000)}${']'.repeat(4_000)}`)),
  );
}

/** Answers of the right form that name what does not exist, or break what a policy says. */
export function forbiddenAnswers(world: World, agent: AskingAgent, mark: string): Replies {
  const good = answerOf(world, agent, mark);
  return changes(agent, mark).map((change) => answered({ ...good, ...change }));
}

function changes(agent: AskingAgent, mark: string): fc.Arbitrary<Answer> {
  const place = fc.constantFrom(
    'virginia',
    'us-east-1',
    'oregon',
    'ireland',
    'mars',
    'cn-north-1',
    mark,
    '__proto__',
    'constructor',
    '',
  );
  const role = fc.constantFrom('primary', 'standby', 'active', 'replica', 'shard', 'owner');
  const groups = fc.array(
    fc.tuple(role, place).map(([as, where]) => `${as} ${where}: ${mark}`),
    { minLength: 1, maxLength: 4 },
  );
  switch (agent) {
    case 'topology':
      return fc.oneof(
        // real candidates of the advisor that break a policy in one world or another
        { weight: 4, arbitrary: fc.constantFrom('c2', 'c3', 'c6').map((base) => ({ base })) },
        fc.constantFrom('c9', mark, '__proto__', 'toString').map((base) => ({ base })),
        groups.map((wrong) => ({ groups: wrong })),
        fc.constantFrom('active-active', 'read-replicas', 'sharded').map((mode) => ({ mode })),
        fc.constantFrom('weighted', 'geo', 'failover', 'latency').map((routing) => ({ routing })),
      );
    case 'regions': {
      const wave = fc
        .tuple(
          place,
          fc.constantFrom('1', '9', '-1', '1e9'),
          fc.constantFrom('0', '86400', '-5', 'soon'),
          fc.constantFrom('auto', 'approve', 'skip'),
        )
        .map(([where, n, seconds, asks]) => `${where} | parallel ${n} | bake ${seconds} | ${asks}: ${mark}`);
      return fc.oneof(
        fc.array(wave, { maxLength: 5 }).map((waves) => ({ waves })),
        fc.constantFrom('ireland', 'frankfurt', 'virginia').map((first) => ({
          waves: [`${first} | parallel 1 | bake 0 | auto: ${mark}`, 'rest | parallel 9 | bake 0 | auto: all'],
        })),
        fc.constant({ waves: ['rest | parallel 30 | bake 0 | auto: everything at once'] }),
        fc
          .constantFrom(`${mark} accept: fine`, 'open-ingress block: no', '__proto__ accept: x')
          .map((line) => ({ findings: [line] })),
      );
    }
    case 'replication':
      return fc
        .array(
          fc
            .tuple(
              fc.constantFrom('orders', 'orders', mark, '__proto__', 's1', 'payments'),
              fc.constantFrom('0', '1', '2', '3', '7', '999', '-1'),
              fc.constantFrom('', ' warn 1', ' warn 999999999', ' warn 2000 ms', ' warn -1'),
            )
            .map(([store, option, warn]) => `${store} ${option}${warn}: ${mark}`),
          { maxLength: 3 },
        )
        .map((picks) => ({ picks }));
    case 'validation':
      return fc.oneof(
        fc.constantFrom(`blocked: ${mark}`, `approved: ${mark}`, mark, '').map((summary) => ({ summary })),
        fc
          .constantFrom(`promote all: ${mark}`, `accept mars: ${mark}`, `add-region ${mark}: x`)
          .map((next) => ({ next: [next] })),
        fc.constantFrom(`mars rto: ${mark}`, `__proto__ lag: ${mark}`).map((marginal) => ({ marginal: [marginal] })),
      );
    case 'failure':
      return fc.oneof(
        fc.constantFrom(`move to xx-mars-1 ${mark}`, `run curl http://${mark}.example`, '').map((cause) => ({ cause })),
        fc
          .constantFrom(`sudo rm -rf /${mark}`, `approve it as ${mark} && go`, `open https://${mark}.example`)
          .map((step) => ({ steps: [step] })),
      );
    case 'intake':
      return fc
        .array(
          fc.constantFrom(
            ...[
              `application: ${mark}`,
              `hostname: ${mark}.example.com`,
              `image: ${mark}/evil:1`,
              'environment: production',
            ],
            ...[
              'criticality: standard',
              'platform: aws',
              'budget: 987654 usd',
              'regions: us-gov-west-1',
              'regions: ap-northeast-1',
            ],
            ...[
              'residency: none',
              'residency: us',
              'residency: eu',
              'personal-data: no',
              'regions: oregon',
              'environment: staging',
              'budget: 2000 dollars',
              'rpo: 86399 s',
              'rto: 604799 s',
              'latency: 9871 ms',
              'percentile: 51',
              'users: japan 100 percent',
            ],
            ...[
              'approval: none',
              '__proto__: x',
              'constructor: x',
              'stores: s3',
              'excluded: ireland',
              `notes: ${mark}`,
              '',
            ],
          ),
          { minLength: 1, maxLength: 10 },
        )
        .map((request) => ({ request }));
    case 'repair':
      return fc.constant({});
  }
}

/** Good answers whose free texts are hostile: they may be said, they must not do anything. */
export function wordyAnswers(world: World, agent: AskingAgent, mark: string): Replies {
  const good = answerOf(world, agent, mark);
  const free = Object.entries(good).filter(([, value]) => typeof value === 'string' && value.includes(mark));
  const lists: Record<string, (text: string) => string> = {
    ...{
      notes: (text) => text,
      picks: (text) => `orders 0: ${text}`,
      proof: (text) => text,
      next: (text) => `accept all: ${text}`,
    },
    ...{ steps: (text) => text, unclear: (text) => `hostname: ${text}` },
  };
  const listed = Object.keys(good).filter((key) => lists[key]);
  return fc
    .array(hostileWords(mark), { minLength: free.length + listed.length, maxLength: free.length + listed.length })
    .map((texts) => {
      const words = free.map(([key], index) => [
        key,
        key === 'summary' && agent === 'validation' ? `promoted: ${texts[index]}` : texts[index],
      ]);
      const lines = listed.map((key, index) => [key, [lists[key]?.(texts[free.length + index] ?? '') ?? '']]);
      return answered({ ...good, ...Object.fromEntries([...words, ...lines]) });
    });
}

/** What comes when the model is asked to correct its answer. */
export function repairs(world: World, mark: string): Replies {
  return fc.oneof(
    fc
      .constantFrom(
        ...[
          'groups: primary mars: why not',
          'base: c9',
          'picks: orders 7: again',
          'waves: rest | parallel 30 | bake 0 | auto: all',
          '',
          'ok',
        ],
        ...[
          'base: c1\nmode: active-passive\ngroups:\nrouting: failover',
          '__proto__: x\nconstructor: y',
          'picks: orders 0: back to the rules',
        ],
      )
      .map(answered),
    fc.constant(answered(goodAnswer(world, 'repair', mark))),
    hostileWords(mark).map((text) => answered(`waves: ${text}\nbase: ${text}\npicks: ${text}`)),
    fc.constant<HostileReply>({ kind: 'truncated', text: `waves: ${mark}` }),
    fc.constant<HostileReply>({ kind: 'status', status: 529, retryAfter: '0' }),
    fc.constant<HostileReply>({ kind: 'hang' }),
  );
}
