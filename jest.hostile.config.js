/**
 * `npm run test:hostile`: at least 200 generated cases in which a model, a request, a provider or a platform is hostile.
 * `HOSTILE=long` runs ten times as many, `HOSTILE_SEED` the cases of a run before, `HOSTILE_ONLY` those whose id it matches.
 */
module.exports = {
  ...require('./jest.config.js'),
  testMatch: ['<rootDir>/test/hostile/*.hostile.ts'],
  maxWorkers: 1,
  testTimeout: 1_800_000,
  // a case that hangs leaves calls behind that would hold the process
  forceExit: true,
  reporters: ['default', '<rootDir>/test/hostile/count-reporter.cjs'],
};
