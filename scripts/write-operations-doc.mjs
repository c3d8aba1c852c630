/** Writes the generated part of docs/operations.md, from the table of operations. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from './build.mjs';
import { root } from './paths.mjs';

await build();
const { withOperationTables } = createRequire(import.meta.url)('../dist/policies/operations/operation-tables.js');
const page = join(root, 'docs', 'operations.md');
writeFileSync(page, withOperationTables(readFileSync(page, 'utf8')));
