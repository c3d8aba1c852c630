/**
 * Imports point one way (docs/decisions/0001-house.md): contracts <- policies, catalog <- skills <- activities <-
 * worker. Each entry names all that a folder may import from this repository, itself included.
 */
const MAY_IMPORT = {
  contracts: [],
  catalog: ['contracts'],
  policies: ['contracts', 'catalog'],
  skills: ['contracts', 'catalog', 'policies'],
  'agents/loop': ['contracts', 'policies'],
  agents: ['contracts', 'catalog', 'policies'],
  workflows: ['contracts', 'policies', 'agents'],
  failover: ['contracts'],
  lab: ['contracts', 'catalog', 'policies', 'failover'],
  platforms: ['contracts', 'catalog', 'policies', 'lab'],
  // clients/report is a pure function of the report document; the activity that files a report calls it
  activities: [
    ...['contracts', 'catalog', 'policies', 'skills', 'agents'],
    ...['platforms/platform', 'platforms/platform-error', 'clients/report'],
  ],
  clients: ['contracts', 'catalog', 'policies', 'skills', 'temporal.config', 'payload-codec'],
};

/** What a folder may name in its types only: nothing of it is loaded where the folder’s code runs. */
const MAY_IMPORT_TYPES = {
  workflows: ['activities', 'skills', 'catalog', 'platforms/platform'],
  lab: ['platforms/platform'],
  agents: ['activities'],
};

/** Files that put the parts together, and so may import anything: the root of each program. */
const COMPOSITION_ROOTS = ['^worker/', '^dev/', '^bench/', '^test/', '^clients/cli/'];

/** What is bundled for the workflow sandbox. agents/models is the part of agents/ that talks to the network. */
const SANDBOX = { path: ['^workflows/', '^contracts/', '^policies/', '^agents/'], pathNot: '^agents/models/' };
const FOLDERS = [
  ...Object.keys(MAY_IMPORT),
  'worker',
  'dev',
  'bench',
  'test',
  'examples',
  'temporal.config',
  'payload-codec',
];
const NODE_ONLY = 'workflow code runs in a sandbox: no Node, no files, no network, no clock of the machine';

module.exports = {
  forbidden: [
    ...Object.entries(MAY_IMPORT).flatMap(([folder, allowed]) => [
      onlyFrom(folder, [...allowed, ...(MAY_IMPORT_TYPES[folder] ?? [])]),
      ...(MAY_IMPORT_TYPES[folder] ?? []).map((other) => typesOnly(folder, other, allowed)),
    ]),
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, dependencyTypesNot: ['type-only'] } },
    {
      name: 'no-missing',
      comment: 'scripts that rebuild committed data bring their packages for that one run',
      severity: 'error',
      from: { pathNot: '^scripts/build-' },
      to: { couldNotResolve: true },
    },
    {
      name: 'sandbox',
      comment: NODE_ONLY,
      severity: 'error',
      from: SANDBOX,
      to: { dependencyTypes: ['core'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'sandbox-models',
      comment: NODE_ONLY,
      severity: 'error',
      from: SANDBOX,
      to: { path: '^agents/models/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'sandbox-packages',
      comment: NODE_ONLY,
      severity: 'error',
      from: SANDBOX,
      to: {
        path: '^node_modules/',
        pathNot: ['^node_modules/(zod|@noble/(curves|hashes)|@temporalio/(workflow|common)|ipaddr\\.js)/'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'sample-app-stands-alone',
      comment: 'an application knows what Meridian asks of it, and nothing else of Meridian',
      severity: 'error',
      from: { path: '^examples/' },
      to: { path: FOLDERS.map((folder) => `^${folder}`), pathNot: ['^examples/', '^contracts/probe-contract'] },
    },
    {
      name: 'no-tests-in-product',
      severity: 'error',
      from: { pathNot: '^(test|bench)/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage|\\.meridian)/' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs', '.json'] },
  },
};

function onlyFrom(folder, allowed) {
  const others = FOLDERS.filter((other) => other !== folder).map((other) => `^${other}(/|\\.|$)`);
  return {
    name: `${folder.replace('/', '-')}-imports`,
    comment: `${folder} may import ${allowed.join(', ') || 'nothing'} of this repository`,
    severity: 'error',
    from: { path: `^${folder}/`, pathNot: [...COMPOSITION_ROOTS, ...(folder === 'agents' ? ['^agents/loop/'] : [])] },
    to: { path: others, pathNot: [folder, ...allowed].map((name) => `^${name}(/|\\.)`) },
  };
}

function typesOnly(folder, other, allowed) {
  return {
    name: `${folder.replace('/', '-')}-types-of-${other.replace('/', '-')}`,
    comment: `${folder} may name types of ${other}, but not load it`,
    severity: 'error',
    from: { path: `^${folder}/`, pathNot: COMPOSITION_ROOTS },
    to: {
      path: `^${other}(/|\\.)`,
      pathNot: [folder, ...allowed].map((name) => `^${name}(/|\\.)`),
      dependencyTypesNot: ['type-only'],
    },
  };
}
