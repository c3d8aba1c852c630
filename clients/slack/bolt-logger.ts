import { type Logger, LogLevel } from '@slack/bolt';

/** Bolt's warnings and errors where the gateway writes its own; the rest is of no use to whoever runs it. */
export function boltLogger(log: (text: string) => void): Logger {
  const write = (...words: unknown[]) => log(words.map(String).join(' '));
  return {
    debug: () => {},
    info: () => {},
    warn: write,
    error: write,
    setLevel: () => {},
    getLevel: () => LogLevel.WARN,
    setName: () => {},
  };
}
