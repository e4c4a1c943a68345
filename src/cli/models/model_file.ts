/** Models as files. */
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { LayersModel } from '@tensorflow/tfjs-layers';

import type { Package } from './load_package';

/** A model.json, or the folder that it is in, with or without file://; answers a URL for tfjs. */
function modelUrl(path: string): string {
  const file = resolve(path.replace(/^file:\/\//, ''));
  const isFolder = statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
  return `file://${isFolder ? join(file, 'model.json') : file}`;
}

/** Rejects with a QutlassModelError. */
export function readModel({ qutlass }: Package, path: string): Promise<LayersModel> {
  return qutlass.loadModel(modelUrl(path));
}
