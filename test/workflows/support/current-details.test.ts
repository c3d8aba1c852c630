import { ledgerSummary, openLedger } from '../../../agents/loop/token-ledger';
import { renderCurrentDetails } from '../../../workflows/support/current-details';

const EVENT = {
  seq: 1,
  at: '2026-11-21T18:00:00.000Z',
  message: 'said: [approve here](//evil.example) `x` ![p](q) | # <b>',
};

describe('current details of a deployment', () => {
  it('are words, whatever somebody wrote: no link, no picture, no broken table', () => {
    const text = renderCurrentDetails('deploy/orders/staging/1', {
      phase: 'regions',
      regions: [{ region: 'eu-west-1', role: 'primary', state: 'applying', detail: 'a | [b](c)' }],
      ledger: ledgerSummary(openLedger()),
      events: [EVENT],
    });
    expect(text).toContain('\\[approve here\\](//evil.example) \\`x\\` \\!\\[p\\](q) \\| \\# \\<b\\>');
    expect(text).toContain('| eu-west-1 | primary | applying | a \\| \\[b\\](c) |');
    expect(text).toContain('**regions** — 0 of 12,000 tokens, $0.0000');
  });
});
