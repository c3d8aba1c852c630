const EVERY_MS = 5;

/**
 * When this process last looked for answers: what it finds now was not there at the look before. Without it an answer that
 * came in time and lay there while the process was busy would count as late.
 */
export class Turns {
  private last = Date.now();
  private beforeLast = this.last;
  private isDue = false;
  private timer: NodeJS.Timeout | undefined;

  start(): void {
    this.timer = setInterval(() => {
      if (this.isDue) return;
      this.isDue = true;
      // an immediate runs after the sockets were looked at; two of them never without a look in between
      setImmediate(() => {
        this.isDue = false;
        this.beforeLast = this.last;
        this.last = Date.now();
      });
    }, EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** What is found now came after this, ms. */
  get notBeforeMs(): number {
    return this.beforeLast;
  }
}
