/**
 * `npm run test:ops`: what was promised to somebody outside while regions die, stand still, are cut off or switched over.
 * `OPS=long` runs each case 50 times (about three hours), `OPS_RUNS` as often as it says.
 */
module.exports = {
  ...require('./jest.config.js'),
  testMatch: ['<rootDir>/test/ops/*.ops.ts'],
  maxWorkers: 1,
  testTimeout: 7_200_000,
  reporters: ['default', '<rootDir>/test/hostile/count-reporter.cjs'],
};
