import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

const root = join(__dirname, '..');
const SOURCES = [
  ...['activities', 'agents', 'catalog', 'clients', 'contracts', 'dev', 'examples', 'lab'],
  ...['platforms', 'policies', 'skills', 'worker', 'workflows', 'temporal.config.ts'],
];

interface Cruise {
  summary: { totalCruised: number; violations: Array<{ from: string; to: string; rule: { name: string } }> };
}

function cruise(folder: string, paths: string[]): Cruise {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const config = join(root, '.dependency-cruiser.cjs');
  const json = execFileSync(process.execPath, [program, '--config', config, '--output-type', 'json', ...paths], {
    cwd: folder,
    maxBuffer: 256 * 1024 * 1024,
  });
  return JSON.parse(json.toString());
}

function violations({ summary }: Cruise): string[] {
  return summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} -> ${to}`);
}

test('imports point one way', () => {
  const result = cruise(root, ['.']);
  expect(violations(result)).toEqual([]);
  // A checker that understood nothing finds nothing wrong either.
  expect(result.summary.totalCruised).toBeGreaterThan(100);
});

describe('a forbidden import is found', () => {
  const cases: Array<{ title: string; files: Record<string, string>; rule: string }> = [
    {
      title: 'a contract that imports a workflow',
      files: {
        'contracts/a.ts': `import { b } from '../workflows/b';\nexport const a = b;`,
        'workflows/b.ts': 'export const b = 1;',
      },
      rule: 'contracts-imports',
    },
    {
      title: 'a workflow that loads an activity instead of naming its type',
      files: {
        'workflows/a.ts': `import { b } from '../activities/b';\nexport const a = b;`,
        'activities/b.ts': 'export const b = 1;',
      },
      rule: 'workflows-types-of-activities',
    },
    {
      title: 'a workflow that reads a file',
      files: { 'workflows/a.ts': `import { readFileSync } from 'node:fs';\nexport const a = readFileSync;` },
      rule: 'sandbox',
    },
    {
      title: 'two files that import each other',
      files: {
        'skills/a.ts': `import { b } from './b';\nexport const a = () => b;`,
        'skills/b.ts': `import { a } from './a';\nexport const b = () => a;`,
      },
      rule: 'no-cycles',
    },
  ];

  test.each(cases)('$title', ({ files, rule }) => {
    const folder = mkdtempSync(join(tmpdir(), 'meridian-boundaries-'));
    try {
      cpSync(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'));
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), text);
      }
      const found = cruise(folder, ['.']).summary.violations.map((violation) => violation.rule.name);
      expect(found).toContain(rule);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('naming the type of an activity in a workflow is allowed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'meridian-boundaries-'));
    try {
      cpSync(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'));
      mkdirSync(join(folder, 'workflows'));
      mkdirSync(join(folder, 'activities'));
      writeFileSync(
        join(folder, 'workflows/a.ts'),
        `import type { B } from '../activities/b';\nexport const a: B = 1;`,
      );
      writeFileSync(join(folder, 'activities/b.ts'), 'export type B = number;');
      expect(violations(cruise(folder, ['.']))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

test('only temporal.config.ts reads the environment', () => {
  // These hand their whole environment on to child processes, or are programs of their own (lab, sample application).
  const exempt = /^(dev|lab|examples)\//;
  const readers = SOURCES.flatMap(sourceFiles).filter((file) =>
    /process\.env\b/.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(readers).toContain('temporal.config.ts');
  expect(readers.filter((file) => !exempt.test(file) && file !== 'temporal.config.ts')).toEqual([]);
});

function sourceFiles(entry: string): string[] {
  if (entry.endsWith('.ts')) return [entry];
  return readdirSync(join(root, entry), { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile() && item.name.endsWith('.ts'))
    .map((item) => relative(root, join(item.parentPath, item.name)));
}
