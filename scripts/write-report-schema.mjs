/** Writes docs/report.schema.json, the published schema of the report document, from the contract. */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from './build.mjs';
import { root } from './paths.mjs';

await build();
const { reportJsonSchema } = createRequire(import.meta.url)('../dist/clients/report/report-json-schema.js');
writeFileSync(join(root, 'docs', 'report.schema.json'), `${JSON.stringify(reportJsonSchema(), undefined, 2)}\n`);
