import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CelEngine, TemplateFile } from '@aws/cloudformation-validate';

// The process of template-check.ts: takes `{ id, templates: [{ text, region }] }`, answers `{ id, reports }` or
// `{ id, error }`. Plain JavaScript, because it starts from a file as it is, in tests as well as from dist/.
// Ends with its parent.

const engine = new CelEngine();

/** The engine reads files only, so each template is a file for a moment. */
function check(folder, { text, region }) {
  const file = join(folder, 'template.json');
  writeFileSync(file, text);
  const config = { severityLevel: 'WARN', pseudoParameterOverrides: { region } };
  const { status, diagnostics } = engine.validateStandard(new TemplateFile(file), config);
  return { status, diagnostics };
}

process.on('message', ({ id, templates }) => {
  const folder = mkdtempSync(join(tmpdir(), 'meridian-templates-'));
  try {
    process.send({ id, reports: templates.map((template) => check(folder, template)) });
  } catch (error) {
    process.send({ id, error: String(error) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

process.on('disconnect', () => process.exit());
