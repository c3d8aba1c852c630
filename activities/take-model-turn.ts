import type { TakeModelTurnInput, TakeModelTurnResult } from '../agents/loop/model-turn';
import type { Model } from '../agents/models/model';

export interface TakeModelTurnDependencies {
  /** the model that this worker can ask; undefined when none is configured */
  model: Model | undefined;
}

/**
 * The activity that takes one model turn. Run it with `maximumAttempts: 1`: a repeated call is billed again and the
 * ledger would not see it. Failures of the provider come back as results.
 */
export function createTakeModelTurn({ model }: TakeModelTurnDependencies) {
  return async function takeModelTurn(input: TakeModelTurnInput): Promise<TakeModelTurnResult> {
    throw new Error(`not written yet ${model?.id} ${input.model}`);
  };
}
