import type { MessagesBody, RecordedRequest, ScriptedReply } from './scripted-model-server';

/** Which agent asks, told by the first field of the schema that it wants an answer in; a repair has none. */
export type AskingAgent = 'topology' | 'regions' | 'replication' | 'validation' | 'failure' | 'intake' | 'repair';

export function askingAgent({ output_config }: MessagesBody): AskingAgent {
  const { properties } = (output_config?.format?.schema ?? {}) as { properties?: object };
  const fields = Object.keys(properties ?? {});
  if (fields.includes('base')) return 'topology';
  if (fields.includes('waves')) return 'regions';
  if (fields.includes('picks')) return 'replication';
  if (fields.includes('marginal')) return 'validation';
  if (fields.includes('kind')) return 'failure';
  return fields.length === 0 ? 'repair' : 'intake';
}

/** What a good model says about examples/three-regions.yaml. */
export const GOOD_ANSWERS = {
  topology: {
    weigh: 'c1 keeps 99 percent of users inside the objective and virginia is where orders are written',
    base: 'c1',
    mode: 'active-passive',
    groups: ['primary virginia: writes come from there', 'standby ireland: near', 'standby singapore: local reads'],
    routing: 'latency',
    edge: false,
    notes: ['not active-active: conflicts are not handled'],
  },
  replication: {
    weigh: 'orders is the only store; the note says that orders peak, so a lag is worth knowing early',
    picks: ['orders 0 warn 2000: month-end peaks, noticed within 2 s'],
    order: ['orders'],
    conflicts: 'only virginia writes, so no conflict can arise',
    proof: ['order counts per hour agree'],
  },
  regions: {
    weigh:
      'ireland carries 30 of 100 and works while customer service sleeps, singapore 25; the note names virginia only',
    waves: [
      'ireland | parallel 1 | bake 5 | auto: quiet when virginia is awake',
      'singapore | parallel 1 | bake 0 | auto: standby before the primary',
      'virginia | parallel 1 | bake 0 | auto: primary last',
    ],
    findings: [],
    migration: 'readers of both versions accept the new column',
    summary: 'ireland first, virginia last, nothing irreversible',
  },
  validation: {
    cause: 'nothing failed; finding the loss of virginia took longest',
    marginal: [],
    next: ['accept all: the drill stayed far below its target'],
    summary: 'promoted: all checks hold, the drill lost no write',
  },
  failure: {
    cause: 'the platform had no capacity left for the database',
    kind: 'capacity',
    retry: true,
    steps: ['deploy again in an hour', 'ask for another instance class'],
  },
} as const;

/** Plays a good model for the example, whichever agent asks. */
export function goodAnswer({ body }: RecordedRequest): ScriptedReply {
  const agent = askingAgent(body);
  if (agent === 'intake' || agent === 'repair')
    return { kind: 'status', status: 500, message: `no answer to ${agent}` };
  return { kind: 'answer', answer: GOOD_ANSWERS[agent] };
}

/** Plays a model that takes what the facts of any request propose: the first candidate, the order of the rules. */
export function followingAnswer(request: RecordedRequest): ScriptedReply {
  const { body } = request;
  const facts = body.messages[0]?.content ?? '';
  switch (askingAgent(body)) {
    case 'topology': {
      const [, mode = '', routing = ''] = /^c1 (\S+) (\S+) /m.exec(facts) ?? [];
      return { kind: 'answer', answer: { ...GOOD_ANSWERS.topology, mode, routing, groups: [] } };
    }
    case 'regions': {
      const [, canary = '', others = ''] = /^rules would take (\S+) as canary, then (.*)$/m.exec(facts) ?? [];
      const bake = /^bake (\d+) to/m.exec(facts)?.[1];
      const rest = others.trim() === '' ? [] : ['rest | parallel 1 | bake 0 | auto: as listed'];
      const waves = [`${canary} | parallel 1 | bake ${bake} | auto: fewest users`, ...rest];
      return { kind: 'answer', answer: { ...GOOD_ANSWERS.regions, waves } };
    }
    case 'replication': {
      const stores = [...facts.matchAll(/^(\S+) (?:postgresql|dynamodb|s3) /gm)].map(([, store]) => `${store} 0`);
      return { kind: 'answer', answer: { ...GOOD_ANSWERS.replication, picks: stores, order: [] } };
    }
    default:
      return goodAnswer(request);
  }
}
