/**
 * Loaded into a child process before its own code (`--require`): ends it when its parent is gone. The program itself
 * need not know; in production it has no such parent.
 */
process.once('disconnect', () => process.exit(1));
// The listener alone would keep a process alive that has nothing more to do.
process.channel?.unref();
