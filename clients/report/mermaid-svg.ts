import { existsSync } from 'node:fs';
import { join } from 'node:path';

interface BeautifulMermaid {
  renderMermaidSVG(source: string, options: { font: string; transparent: boolean; padding: number }): string;
}

const PACKAGE = 'beautiful-mermaid';
const DISTRIBUTION = join(PACKAGE, 'dist', 'index.js');

/**
 * Draws Mermaid source as SVG whose colours come from the page's style sheet. Undefined when the source cannot be
 * drawn: the page then shows the source itself.
 */
export function mermaidSvg(source: string): string | undefined {
  try {
    const svg = beautifulMermaid().renderMermaidSVG(source, { font: 'system-ui', transparent: true, padding: 12 });
    // Its own style sheet would load a font from elsewhere and fix the colours.
    return svg.replace(/<style>[\s\S]*?<\/style>/g, '').replace(/(<svg[^>]*?) style="[^"]*"/, '$1');
  } catch {
    return undefined;
  }
}

let loaded: BeautifulMermaid | undefined;

/** The package offers itself to `import` only, while this is CommonJS and synchronous: it is required by its file. */
function beautifulMermaid(): BeautifulMermaid {
  if (loaded) return loaded;
  const folder = (require.resolve.paths(PACKAGE) ?? []).find((path) => existsSync(join(path, DISTRIBUTION)));
  if (!folder) throw new Error(`package ${PACKAGE} is not installed`);
  loaded = require(join(folder, DISTRIBUTION)) as BeautifulMermaid;
  return loaded;
}
