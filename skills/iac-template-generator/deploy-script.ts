import { dirname } from 'node:path/posix';
import { type StackRef, type SymbolicParameter, TAG_APPLICATION, TAG_ENVIRONMENT } from '../../contracts/stack';
import type { GeneratedStack } from './schema';

/** Where a template lies once the script has unpacked it. */
function templateFileName(ref: StackRef): string {
  return `templates/${ref.region}/${ref.kind}.json`;
}

/**
 * The stacks by hand: a shell script over the AWS CLI that makes them in the same order, one after another, and gives
 * each the outputs it needs. It carries its templates, so that it needs nothing beside it. Production records are made
 * only on request.
 */
export function deployScript(stacks: GeneratedStack[], owner: { application: string; environment: string }): string {
  return [
    '#!/usr/bin/env bash',
    `# Deploys ${owner.application} ${owner.environment}: ${stacks.length} stacks, in order. Stops at the first failure.`,
    '# usage: ./deploy.sh [--promote]   (--promote also makes the production records)',
    '# needs: AWS CLI with credentials; in every region the parameter store names that the templates take by default.',
    '# S3_BUCKET, when set, holds templates larger than 51,200 bytes (one bucket per region: S3_BUCKET-<region>).',
    'set -euo pipefail',
    'folder=$(mktemp -d)',
    `trap 'rm -rf "$folder"' EXIT`,
    'cd "$folder"',
    '',
    'output() { # region stack name',
    '  aws cloudformation describe-stacks --region "$1" --stack-name "$2" \\',
    '    --query "Stacks[0].Outputs[?OutputKey==\'$3\'].OutputValue" --output text',
    '}',
    '',
    'deploy() { # region stack template [parameters…]',
    '  local region=$1 stack=$2 template=$3; shift 3',
    '  local parameter',
    '  for parameter in "$@"; do',
    `    case $parameter in *= | *=None) echo "$stack: no value for \${parameter%%=*}" >&2; exit 1 ;; esac`,
    '  done',
    '  echo "== $region $stack"',
    '  aws cloudformation deploy --region "$region" --stack-name "$stack" --template-file "$template" \\',
    '    --capabilities CAPABILITY_IAM --no-fail-on-empty-changeset \\',
    `    --tags ${TAG_APPLICATION}=${owner.application} ${TAG_ENVIRONMENT}=${owner.environment} \\`,
    `    \${S3_BUCKET:+--s3-bucket "$S3_BUCKET-$region"} \${1:+--parameter-overrides "$@"}`,
    '}',
    '',
    ...stacks.flatMap(unpackLines),
    ...stacks.flatMap((stack) => stackLines(stack, stacks)),
    '',
  ].join('\n');
}

/** Templates are JSON without a line that is only this word. */
const END_OF_TEMPLATE = 'END_OF_TEMPLATE';

function unpackLines({ ref, template }: GeneratedStack): string[] {
  const file = templateFileName(ref);
  return [`mkdir -p ${dirname(file)}`, `cat >${file} <<'${END_OF_TEMPLATE}'`, template.trimEnd(), END_OF_TEMPLATE, ''];
}

function stackLines(stack: GeneratedStack, all: GeneratedStack[]): string[] {
  const { ref, parameters } = stack;
  const overrides = Object.entries(parameters).map(([name, value]) => `  "${name}=${shellValue(value, all)}"`);
  const call = [`deploy ${ref.region} ${ref.name} ${templateFileName(ref)}`, ...overrides].join(' \\\n');
  return ref.kind === 'global' ? [`if [ "\${1:-}" = --promote ]; then`, call, 'fi'] : [call, ''];
}

function shellValue(parameter: SymbolicParameter, all: GeneratedStack[]): string {
  if ('value' in parameter) return parameter.value;
  const { region, kind, name } = parameter.output;
  const source = all.find((stack) => stack.ref.region === region && stack.ref.kind === kind);
  if (!source) throw new Error(`no ${kind} stack in ${region}, whose output ${name} is needed`);
  return `$(output ${region} ${source.ref.name} ${name})`;
}
