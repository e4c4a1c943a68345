/** What doctor looks at; everything that could crash is tried out in a child process. */
import { existsSync } from 'node:fs';

import type { DeviceInfo } from '../../runtime/addon';
import type { Info } from '../../info';
import { type BuildRecord, addonPath, readRecord } from '../addon/built';
import { type Nvcc, findNvcc } from '../addon/cuda_toolkit';
import type { TensorflowFinding } from '../probe/parts';
import { type Finding, probe } from '../probe/probe';
import { PREREQUISITES, type Prerequisite } from '../steps/prerequisites';
import { type Prepared, readPrepared } from '../tensorflow/prepared';
import { type TfjsNodePackage, findTfjsNode } from '../tensorflow/tfjs_node_package';
import { type GpuFacts, gpuFacts } from './gpu';
import { instructionSets } from './instruction_sets';

const BUILD_TOOLS = [
  PREREQUISITES.pip,
  PREREQUISITES.compiler,
  PREREQUISITES.cmake,
  PREREQUISITES.make,
];

export interface Facts {
  nodeVersion: string;
  tfjsNode: TfjsNodePackage | undefined;
  prepared: Prepared | undefined;
  tensorflow: Finding<TensorflowFinding> | undefined;
  /** What TensorFlow wrote to stderr. */
  tensorflowLog: string;
  addonIsBuilt: boolean;
  addonRecord: BuildRecord | undefined;
  addon: Finding<Partial<DeviceInfo>> | undefined;
  ops: Finding<Info> | undefined;
  gpu: GpuFacts;
  nvcc: Nvcc | undefined;
  /** What set-up and build need and the machine lacks. */
  missingTools: Prerequisite[];
  instructionSets: string[];
}

/** @param project The folder whose tfjs-node is looked at. */
export async function gatherFacts(project: string): Promise<Facts> {
  const tfjsNode = findTfjsNode(project, true) ?? findTfjsNode(project, false);
  const tfjsFolder = tfjsNode?.folder;
  const addonIsBuilt = existsSync(addonPath());
  const [alone, together] = await Promise.all([
    addonIsBuilt ? probe(['addon'], { addonPath: addonPath() }) : undefined,
    tfjsFolder !== undefined ? probe(['tensorflow', 'ops'], { tfjsFolder }) : undefined,
  ]);
  const addon = alone?.finding('addon');
  return {
    nodeVersion: process.versions.node,
    tfjsNode,
    prepared: tfjsFolder === undefined ? undefined : readPrepared(tfjsFolder),
    tensorflow: together?.finding('tensorflow'),
    tensorflowLog: together?.log ?? '',
    addonIsBuilt,
    addonRecord: readRecord(),
    addon,
    ops: together?.finding('ops'),
    gpu: gpuFacts(addon !== undefined && 'value' in addon ? addon.value : undefined),
    nvcc: findNvcc(),
    missingTools: BUILD_TOOLS.filter((tool) => tool.problem() !== undefined),
    instructionSets: instructionSets(),
  };
}
