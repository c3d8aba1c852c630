import type { AskingAgent } from '../support/scripted-answers';
import type { ScriptedReply } from '../support/scripted-model-server';

/** What the provider does with one message; `good` is the good answer of the world, so that a run goes on. */
export type HostileReply = ScriptedReply | { kind: 'good' };

/** What the person does who is asked for an approval. */
export type Person = 'approves' | 'rejects' | 'approves another digest' | 'stops it' | 'never answers';

/** A kind of request with an answer of every agent that a careful model would give. */
export type World = 'stateful' | 'stateless' | 'eu' | 'critical';

/** Everything that makes one case, as plain data: a failed case is printed and can be run again. */
export interface HostileCase {
  id: string;
  category: string;
  act: 'plan' | 'deploy' | 'intake';
  world: World;
  /** fields of the request that a stranger wrote, over those of the world */
  request: Record<string, unknown>;
  sentence: string;
  /** per agent what comes first, second, …; the last one again and again */
  replies: Partial<Record<AskingAgent, HostileReply[]>>;
  person: Person;
  /** how the provider counts: as its server does, not at all, or so many times that */
  count: number | 'unavailable';
  /** what the platform says instead of making a stack */
  platformFails?: { message: string; resource: string; region: string; kind: 'base' | 'data' };
  /** in production a model that fails stops the plan */
  environment: 'staging' | 'production';
}

/** A word that is in everything the model of a case says, and in nothing else. */
export function markOfModel({ id }: Pick<HostileCase, 'id'>): string {
  return `zqm${id}x`;
}

/** The same for what the requester wrote into free text. */
export function markOfRequester({ id }: Pick<HostileCase, 'id'>): string {
  return `zqr${id}x`;
}
