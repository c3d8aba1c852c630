/** A child that starts and never says that it is ready. */
setInterval(() => undefined, 1_000);
