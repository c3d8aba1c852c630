/** Measurements that need a test cloud; run them alone on a quiet machine. */
module.exports = {
  ...require('./jest.config.js'),
  testMatch: ['<rootDir>/bench/apply-only.ts'],
  testPathIgnorePatterns: [],
  maxWorkers: 1,
};
