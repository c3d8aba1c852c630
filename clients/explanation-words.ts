import type { DeploymentReport, FailureAnalysis } from '../contracts/report';

/** Who an explanation comes from: nobody must take a model's words for Meridian's own. */
export function whoSays({ decidedBy, model }: { decidedBy: string; model?: string | undefined }): string {
  return decidedBy === 'model' ? `model ${model ?? 'of no name'}` : decidedBy;
}

/** `capacity; the same request may succeed later` */
export function kindWords({ kind, retry }: FailureAnalysis): string {
  const again = retry ? 'the same request may succeed later' : 'the same request would fail again';
  return kind === 'unknown' ? `of an unknown kind; ${again}` : `${kind}; ${again}`;
}

/** What explains the validation of step 4, where it says more than the checks do: a model's words, or why it is blocked. */
export function validationExplanation({ decisions, verdict }: DeploymentReport) {
  const found = decisions.findLast(({ step, about }) => step === 'validation' && about === 'validation');
  return found?.decidedBy === 'model' || verdict === 'blocked' ? found : undefined;
}

/**
 * Who decided in which steps, in one line: `model claude-sonnet-5-5: topology, regions; rules: replication`; with the
 * reason where a model was asked and did not.
 */
export function decidersWords({ decisions, ledger }: DeploymentReport): string | undefined {
  const deciders = [...new Set(decisions.map(whoSays))];
  if (deciders.length === 0) return undefined;
  const noModel = decisions.find((decision) => decision.noModel !== undefined)?.noModel;
  const instead = noModel === undefined ? '' : `, because the model did not (${noModel})`;
  if (deciders.join() === 'rules') return ledger.entries.length === 0 ? 'rules, no model was asked' : `rules${instead}`;
  const stepsOf = (who: string) => new Set(decisions.filter((one) => whoSays(one) === who).map(({ step }) => step));
  return deciders.map((who) => `${who}: ${[...stepsOf(who)].join(', ')}${who === 'rules' ? instead : ''}`).join('; ');
}
