import { get } from 'node:http';

export interface HealthAnswer {
  healthy: boolean;
  /** for people: "200 from /health/live", "no answer from /health/live: ECONNREFUSED" */
  detail: string;
}

const TIMEOUT_MS = 2_000;

/** Asks one task once. Any 2xx is healthy; never throws. */
export function checkHealth(port: number, path: string, timeoutMs = TIMEOUT_MS): Promise<HealthAnswer> {
  return new Promise((resolve) => {
    const no = (why: string) => resolve({ healthy: false, detail: `no answer from ${path}: ${why}` });
    const request = get({ host: '127.0.0.1', port, path, agent: false, timeout: timeoutMs }, (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      resolve({ healthy: status >= 200 && status < 300, detail: `${status} from ${path}` });
    });
    request.on('timeout', () => {
      no(`nothing within ${timeoutMs} ms`);
      request.destroy();
    });
    request.on('error', (error: NodeJS.ErrnoException) => no(error.code ?? error.message));
  });
}
