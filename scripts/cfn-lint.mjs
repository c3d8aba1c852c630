import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from './build.mjs';
import { withLock } from './lock.mjs';
import { root, setupLock } from './paths.mjs';
import { pythonTool } from './python-tool.mjs';

// Renders the templates of the examples and runs cfn-lint over them. They stay in
// .meridian/templates. Ends with 1 when it finds an error or a warning.

const VERSION = '1.58.0';
const EXAMPLES = ['three-regions', 'failover-pair'];

/** Findings that are wrong, each with the reason. */
const EXCEPTIONS = [
  {
    rule: 'E3720',
    message: "'StorageEncrypted' is a required property",
    applies: (resource) => resource.Properties?.SourceDBInstanceIdentifier !== undefined,
    reason:
      'a replica in another region names a key and must not say StorageEncrypted (rule E3020 of the same tool, and the CloudFormation reference of AWS::RDS::DBInstance): E3720 asks for both',
  },
];

const require = createRequire(import.meta.url);
const compiled = (path) => require(join(root, 'dist', path));

function deployment(example) {
  const { parse } = require('yaml');
  const { request } = compiled('policies/parse-request.js').parseRequest(
    parse(readFileSync(join(root, 'examples', `${example}.yaml`), 'utf8')),
  );
  const advisor = compiled('skills/multicloud-strategy-advisor/skill.js');
  const candidate = advisor.rankByRules(advisor.advise(request));
  const primary = compiled('policies/primary-region.js').primaryRegion(candidate.regions);
  const topology = { ...candidate, primary, diagram: '' };
  const replication = compiled('skills/database-optimization-analyzer/skill.js').planReplication({ request, topology });
  return { request, topology, replication };
}

function templates(example) {
  const generator = compiled('skills/iac-template-generator/skill.js');
  const { request, topology, replication } = deployment(example);
  const { stacks } = generator.generateTemplates({
    account: request.account,
    application: request.application,
    environment: request.environment,
    specs: generator.buildRegionSpecs({ request, topology, replication }),
    traffic: generator.buildTraffic(request, topology),
  });
  return stacks;
}

function write(folder, example) {
  const { templateFileName } = compiled('skills/iac-template-generator/deploy-script.js');
  return templates(example).map(({ ref, template }) => {
    const file = join(folder, example, templateFileName(ref));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, template);
    return file;
  });
}

async function lint(executable, files) {
  const args = ['--format', 'json', '--', ...files];
  try {
    const { stdout } = await promisify(execFile)(executable, args, { maxBuffer: 64 * 1024 * 1024 });
    return JSON.parse(stdout || '[]');
  } catch (error) {
    // it ends with another code when it found something; without JSON it did not run at all
    if (!error.stdout) throw error;
    return JSON.parse(error.stdout);
  }
}

function isException({ Filename, Location, Rule, Message }) {
  const [section, logicalId] = Location.Path ?? [];
  const resource = section === 'Resources' ? JSON.parse(readFileSync(Filename, 'utf8')).Resources[logicalId] : {};
  return EXCEPTIONS.some(({ rule, message, applies }) => rule === Rule.Id && Message === message && applies(resource));
}

const folder = join(root, '.meridian', 'templates');
await withLock(setupLock, build);
rmSync(folder, { recursive: true, force: true });
const files = EXAMPLES.flatMap((example) => write(folder, example));
const executable = join(await pythonTool('cfn-lint', VERSION), 'cfn-lint');
const found = await lint(executable, files);
const wrong = found.filter((finding) => !isException(finding));
for (const { Filename, Location, Rule, Message } of wrong) {
  console.error(`${Filename}:${Location.Start.LineNumber} ${Rule.Id} ${Message}`);
}
console.log(
  `cfn-lint: ${files.length} templates, ${wrong.length} findings, ${found.length - wrong.length} let through`,
);
process.exitCode = wrong.length > 0 ? 1 : 0;
