import type { Row } from './score';

/** Right answers per agent, rules beside the model; then what was wrong, case by case. */
export function scoreTable(rows: readonly Row[]): string {
  const agents = [...new Set(rows.map(({ agent }) => agent))];
  const groups: Array<[string, readonly Row[]]> = [
    ...agents.map((agent): [string, readonly Row[]] => [agent, rows.filter((row) => row.agent === agent)]),
    ['where rules are right', rows.filter(({ control }) => control)],
    ['all', rows],
  ];
  const hasModel = rows.some(({ model }) => model);
  const lines = groups.map(([title, some]) => line(title, some, hasModel));
  return [
    `${'cases'.padEnd(24)} ${'of'.padStart(4)} ${'rules'.padStart(6)} ${hasModel ? ' model tokens' : ''}`,
    ...lines,
    '',
    ...misses(rows),
    '',
  ]
    .map((text) => text.trimEnd())
    .join('\n');
}

function line(title: string, rows: readonly Row[], hasModel: boolean): string {
  const right = (judge: 'rules' | 'model') => rows.filter((row) => row[judge]?.ok).length;
  const tokens = rows.reduce((sum, { model }) => sum + (model?.tokens ?? 0), 0);
  const model = hasModel ? ` ${String(right('model')).padStart(5)} ${String(tokens).padStart(6)}` : '';
  return `${title.padEnd(24)} ${String(rows.length).padStart(4)} ${String(right('rules')).padStart(6)}${model}`;
}

function misses(rows: readonly Row[]): string[] {
  return rows.flatMap(({ name, rules, model }) =>
    [['rules', rules] as const, ['model', model] as const].flatMap(([judge, scored]) =>
      scored && !scored.ok ? [`${judge} missed ${name}: ${scored.why.join('; ')}`] : [],
    ),
  );
}
