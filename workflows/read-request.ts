import { isCancellation, sleep } from '@temporalio/workflow';
import { plainEntries } from '../agents/intake/believed-entries';
import { intake, WHOLE_SENTENCE } from '../agents/intake/intake';
import { runAgent } from '../agents/loop/agent-loop';
import { said } from '../agents/loop/said';
import { openLedger } from '../agents/loop/token-ledger';
import { type ReadRequestInput, type ReadRequestResult, SENTENCE_MAX_CHARACTERS } from '../contracts/intake';
import { model, quick } from './support/activity-stubs';
import { stepFailure } from './support/failures';

/** Somebody sits before the terminal: a provider that wants a longer pause is treated as down. */
const LONGEST_WAIT_MS = 5_000;

/**
 * Reads a sentence as a deployment request: what it says, and what is not clear in it. Starts nothing and touches
 * nothing; what was spent on it is handed to the deployment that follows. Whatever becomes of the model, rules can read.
 */
export async function readRequest(input: ReadRequestInput): Promise<ReadRequestResult> {
  const sentence = typeof input.sentence === 'string' ? said(input.sentence, SENTENCE_MAX_CHARACTERS + 1) : '';
  if (sentence === '' || sentence.length > SENTENCE_MAX_CHARACTERS)
    throw stepFailure('Request.Invalid', `a request in words has 1 to ${SENTENCE_MAX_CHARACTERS} characters`);
  const settings = await quick.readSettings('read the orchestrator settings');
  const book = { ledger: openLedger() };
  const outcome = await runAgent(
    intake,
    { sentence },
    {
      book,
      model: settings.model,
      onModelFailure: 'rules',
      longestWaitMs: LONGEST_WAIT_MS,
      takeTurn: (turn) => model.takeModelTurn(`${intake.name}: ${turn.purpose}`, turn),
      sleep: (ms) => sleep(ms, { summary: 'the model provider asked to wait' }),
      isCancellation,
    },
  );
  if (outcome.kind === 'stopped') throw stepFailure('Internal', outcome.because.message);
  const { choice } = outcome;
  const entries = plainEntries(book.ledger.entries);
  if (outcome.by === 'rules')
    return { sentence, ...choice, decidedBy: 'rules', because: outcome.because.message, entries };
  const rung = entries.at(-1)?.rung ?? WHOLE_SENTENCE;
  const remarks = rung === WHOLE_SENTENCE ? [] : [`the model read ${rung}; rules read all of it`];
  return {
    ...{ sentence, ...choice, remarks: [...choice.remarks, ...remarks] },
    ...{ decidedBy: 'model', model: outcome.model, entries },
  };
}
