/** Scenarios run the whole product: server, lab, worker, databases. One at a time, each has the machine for itself. */
module.exports = {
  ...require('./jest.config.js'),
  testMatch: ['<rootDir>/test/scenarios/**/*.test.ts'],
  testPathIgnorePatterns: [],
  maxWorkers: 1,
  testTimeout: 300_000,
};
