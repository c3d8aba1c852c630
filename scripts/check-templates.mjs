import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { cfnLint } from './cfn-lint.mjs';
import { checkov } from './checkov.mjs';
import { withLock } from './lock.mjs';
import { root, setupLock } from './paths.mjs';
import { templateRequests } from './template-requests.mjs';

// Renders the templates of many generated requests and runs cfn-lint and checkov over them, over one of those that differ
// in nothing but region and address range. They stay in .meridian/templates. Ends with 1 for an error or warning of cfn-lint, a failed check of checkov that
// is of high severity, or an exception (template-exceptions.json) that nothing needs any more.

const REQUESTS = 205;
const SEED = 20_261_121;

const exceptions = JSON.parse(readFileSync(join(root, 'scripts', 'template-exceptions.json'), 'utf8'));

/** What two templates that differ only in where they stand have in common: regions and address ranges left out. */
function shapeOf(template, regions) {
  const pascal = (region) => region.replace(/(^|-)(.)/g, (_, __, letter) => letter.toUpperCase());
  const names = regions.flatMap((region) => [region, pascal(region)]).join('|');
  return template.replace(new RegExp(names, 'g'), 'REGION').replace(/\d+\.\d+\.\d+\.\d+\/\d+/g, 'RANGE');
}

/**
 * Writes one template of every shape, and one of every kind for every region, into two folders: one for each processor
 * to look at.
 */
function write(requests, folders) {
  const regions = [...new Set(requests.flatMap(({ stacks }) => stacks.map(({ ref }) => ref.region)))];
  const bodies = new Set();
  const known = new Set();
  let written = 0;
  for (const { ref, template } of requests.flatMap(({ stacks }) => stacks)) {
    if (bodies.has(template)) continue;
    bodies.add(template);
    const shape = createHash('sha256').update(shapeOf(template, regions)).digest('hex').slice(0, 16);
    const place = `${ref.kind}-${ref.region}`;
    if (known.has(shape) && known.has(place)) continue;
    known.add(shape).add(place);
    const folder = folders[written % folders.length];
    written += 1;
    writeFileSync(join(folder, `${place}-${shape}.json`), template);
  }
  return { bodies: bodies.size, written };
}

function isExcepted(finding) {
  return exceptions.filter(
    ({ tool, rule, message, type, with: property }) =>
      tool === finding.tool &&
      rule === finding.rule &&
      (message === undefined || message === finding.message) &&
      finding.resource?.Type === type &&
      finding.resource.Properties?.[property] !== undefined,
  );
}

/** The findings that count, one of each rule and resource with the number of templates that have it. */
function judge(findings) {
  const used = new Set();
  const wrong = new Map();
  for (const finding of findings) {
    const excepted = isExcepted(finding);
    for (const exception of excepted) used.add(exception);
    if (excepted.length > 0) continue;
    const key = `${finding.tool} ${finding.rule} ${finding.where}: ${finding.message}`;
    const before = wrong.get(key) ?? { example: finding.file, templates: 0 };
    wrong.set(key, { ...before, templates: before.templates + 1 });
  }
  return { wrong, unused: exceptions.filter((exception) => !used.has(exception)), excepted: used.size };
}

const started = Date.now();
const folder = join(root, '.meridian', 'templates');
await withLock(setupLock, build);
rmSync(folder, { recursive: true, force: true });
const halves = ['a', 'b'].map((half) => join(folder, half));
for (const half of halves) mkdirSync(half, { recursive: true });

const { requests, refused } = templateRequests(REQUESTS, SEED);
if (requests.length < REQUESTS) throw new Error(`only ${requests.length} of ${REQUESTS} requests could be generated`);
const changes = requests.filter(({ chosen }) => chosen.live).length;
const { bodies, written } = write(requests, halves);
console.log(`${requests.length} requests (${changes} of them changes of what is live, ${refused} refused on the way)`);
console.log(
  `${bodies} different templates, ${written} of them in more than region and address range: these are checked`,
);

const linted = (await Promise.all(halves.map((half) => cfnLint(half)))).flat();
const scanned = await Promise.all(halves.map((half) => checkov(half)));
const failed = scanned.flatMap((half) => half.failed);
const high = failed.filter(({ severity }) => severity === 'high');
const sum = (count) => scanned.reduce((total, half) => total + half[count], 0);
console.log(
  `cfn-lint: ${linted.length} findings; checkov: ${sum('resources')} resources, ${sum('passed')} checks passed, ` +
    `${failed.length} failed, ${high.length} of high or unknown severity`,
);

const { wrong, unused, excepted } = judge([...linted, ...high]);
for (const [finding, { example, templates: count }] of wrong) {
  console.error(`${finding}\n  in ${count} templates, for example ${example}`);
}
for (const { tool, rule, type } of unused)
  console.error(`exception ${tool} ${rule} of ${type} applies to nothing any more`);
const seconds = Math.round((Date.now() - started) / 1_000);
console.log(`${wrong.size} kinds of findings, ${excepted} exceptions used, ${unused.length} not needed, ${seconds} s`);
process.exitCode = wrong.size + unused.length > 0 ? 1 : 0;
