/** A process that starts a lab, says so, and stays: killed by the test. Runs the compiled program. */
const { join } = require('node:path');
const { startLab } = require(join(__dirname, '..', '..', 'dist', 'lab', 'start-lab.js'));

startLab().then(({ pid, home }) => process.send({ pid, home }));
setInterval(() => undefined, 1_000);
