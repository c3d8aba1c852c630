/** Records the histories that test/replay/replay.test.ts replays. */
module.exports = { ...require('./jest.config.js'), testMatch: ['<rootDir>/test/replay/record-histories.ts'] };
