/** One line of JSON per event on stdout; the parent process leads it to the network’s log file. */
export type NetworkLog = (event: string, fields: Record<string, unknown>) => void;

export const logToStdout: NetworkLog = (event, fields) => {
  process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), event, ...fields })}\n`);
};
