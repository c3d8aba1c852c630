import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportJsonSchema } from '../../../clients/report/report-json-schema';

const published = join(__dirname, '../../../docs/report.schema.json');

test('the published schema is that of the contract (else: node scripts/write-report-schema.mjs)', () => {
  expect(JSON.parse(readFileSync(published, 'utf8'))).toEqual(JSON.parse(JSON.stringify(reportJsonSchema())));
});

test('it requires what every report must have', () => {
  const { required } = reportJsonSchema() as { required: string[] };
  expect(required).toEqual(
    expect.arrayContaining([
      'verdict',
      'request',
      'steps',
      'decisions',
      'ledger',
      'checklist',
      'timing',
      'leftovers',
      'workflow',
    ]),
  );
});
