/** See python-tool.mjs. */
export function pythonTool(name: string, version: string, extras?: string): Promise<string>;
