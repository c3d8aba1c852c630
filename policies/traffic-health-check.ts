/** The shortest interval that Route 53 sells; two failures in a row, so that one lost packet moves nobody. */
export const TRAFFIC_HEALTH_CHECK = { intervalSeconds: 10, failureThreshold: 2 } as const;
