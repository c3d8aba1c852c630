import type { Agent } from '../loop/agent';
import type { TopologyAnswer } from './answer-schema';
import type { ArchitectInput, TopologyChoice } from './topology-choice';

export declare const topologyArchitect: Agent<ArchitectInput, TopologyAnswer, TopologyChoice>;
