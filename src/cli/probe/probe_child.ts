/** The child of probe.ts: node probe_child.js <folder of tfjs-node> <addon> <part>… */
import { restoreRemovedUtil } from '../../runtime/node_compat';
import { PARTS, type PartInputs, type PartName } from './parts';
import type { Finding, ProbeMessage } from './probe';

function describe(error: unknown): { message: string; remedy?: string } {
  const { message, remedy } = error as { message: string; remedy?: string };
  return { message, remedy };
}

function tryPart(part: PartName, inputs: PartInputs): Finding<unknown> {
  try {
    return { value: PARTS[part](inputs) };
  } catch (error) {
    return { error: describe(error) };
  }
}

/** Resolves once the parent has the message: the next part may crash the process. */
function send(message: ProbeMessage): Promise<void> {
  return new Promise((resolve) => process.send?.(message, undefined, {}, () => resolve()));
}

async function main(): Promise<void> {
  const [tfjsFolder = '', addonPath = '', ...parts] = process.argv.slice(2);
  restoreRemovedUtil();
  for (const part of parts as PartName[]) {
    await send({ part, finding: tryPart(part, { tfjsFolder, addonPath }) });
  }
  process.disconnect();
}

void main();
