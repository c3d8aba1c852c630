/** See etcd.mjs. */
export function etcd(): Promise<string>;
