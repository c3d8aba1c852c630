/** See python-tool.mjs. */
export function pythonTool(name: string, version: string): Promise<string>;
