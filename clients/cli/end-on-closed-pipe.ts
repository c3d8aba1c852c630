import { EXIT } from './exit-codes';

/**
 * Ends this process quietly once nobody reads what it writes, as in `meridian plan FILE | head`. A deployment that was
 * watched goes on.
 */
export function endOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', ({ code }: NodeJS.ErrnoException) => {
      // Any other failure cannot be told on the stream that failed.
      process.exit(code === 'EPIPE' ? EXIT.interrupted : EXIT.failed);
    });
}
