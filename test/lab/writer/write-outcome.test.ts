import { writeOutcome } from '../../../lab/writer/write-outcome';

describe('the outcome of a write', () => {
  it.each([
    [201, '', 'acknowledged'],
    [200, '', 'unknown'],
    [400, '', 'refused'],
    [421, '', 'refused'],
    [503, '', 'refused'],
    [500, '', 'unknown'],
    [504, '', 'unknown'],
    [502, 'bad gateway', 'unknown'],
    [502, '{"carried":"unknown"}', 'unknown'],
    [502, '{"carried":false}', 'refused'],
  ])('%i %s is %s', (status, body, outcome) => {
    expect(writeOutcome(status, body)).toBe(outcome);
  });
});
