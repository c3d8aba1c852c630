/** Whole deployments on test clouds of AWS, which are installed and started by the tests. One at a time. */
module.exports = {
  ...require('./jest.config.js'),
  testMatch: ['<rootDir>/test/aws/**/*.test.ts'],
  testPathIgnorePatterns: [],
  maxWorkers: 1,
  testTimeout: 300_000,
};
