import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { CelEngine, TemplateFile } from '@aws/cloudformation-validate';

// The thread of template-check.ts: takes `{ id, templates: [{ text, region }] }`, answers `{ id, reports }` or
// `{ id, error }`. Plain JavaScript, because a thread starts from a file as it is, in tests as well as from dist/.

const engine = new CelEngine();

/** The engine reads files only, so each template is a file for a moment. */
function check(folder, { text, region }) {
  const file = join(folder, 'template.json');
  writeFileSync(file, text);
  const config = { severityLevel: 'WARN', pseudoParameterOverrides: { region } };
  const { status, diagnostics } = engine.validateStandard(new TemplateFile(file), config);
  return { status, diagnostics };
}

parentPort.on('message', ({ id, templates }) => {
  const folder = mkdtempSync(join(tmpdir(), 'meridian-templates-'));
  try {
    parentPort.postMessage({ id, reports: templates.map((template) => check(folder, template)) });
  } catch (error) {
    parentPort.postMessage({ id, error: String(error) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
