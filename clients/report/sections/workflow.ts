import type { DeploymentReport } from '../../../contracts/report';
import { formatCount, shortDigest } from '../../format';
import { type Html, html } from '../html';

/** Where the whole story can be replayed, and the documents that belong to it. */
export function workflowSection({ workflow, documents }: DeploymentReport, workflowUrl: string | undefined): Html {
  return html`<section id="workflow"><h2>Workflow and documents</h2><dl>
<dt>Workflow</dt><dd>${workflowUrl ? html`<a href="${workflowUrl}"><code>${workflow.id}</code></a>` : html`<code>${workflow.id}</code>`}</dd>
<dt>Run</dt><dd><code>${workflow.runId}</code></dd></dl>
${
  documents.length > 0 &&
  html`<div class="scroll"><table><thead><tr><th>Document</th><th class="number">Bytes</th><th>SHA-256</th><th>Where</th></tr></thead><tbody>${documents.map(
    ({ name, artifact }) =>
      html`<tr><td>${name}</td><td class="number">${formatCount(artifact.bytes)}</td><td><code>${shortDigest(artifact.sha256)}</code></td><td><code>${artifact.uri}</code></td></tr>`,
  )}</tbody></table></div>`
}</section>`;
}
