/** Turns what was found into doctor's report. */
import type { DeviceInfo } from '../../runtime/addon';
import type { Finding } from '../probe/probe';
import { installCommand as installPrerequisite, isAtLeast } from '../steps/prerequisites';
import { installCommand as installTfjs } from '../tensorflow/tfjs_node_package';
import type { Check } from './check';
import type { Facts } from './facts';

const LOWEST_NODE = '20.17.0';
const BYTES_A_GIB = 2 ** 30;

function valueOf<T>(finding: Finding<T> | undefined): T | undefined {
  return finding !== undefined && 'value' in finding ? finding.value : undefined;
}

function errorOf(finding: Finding<unknown> | undefined) {
  return finding !== undefined && 'error' in finding ? finding.error : undefined;
}

function setupCommand({ tfjsNode }: Facts): string {
  return `npx tfjs-qutlass setup${tfjsNode?.gpu ? ' --gpu' : ''}`;
}

function nodeCheck({ nodeVersion }: Facts): Check {
  const check = { id: 'node', title: 'Node' };
  const detail = `${nodeVersion} (${process.platform} ${process.arch})`;
  return isAtLeast(nodeVersion, LOWEST_NODE)
    ? { ...check, status: 'ok', detail }
    : { ...check, status: 'failed', detail, remedy: `install Node ${LOWEST_NODE} or newer` };
}

function tfjsCheck({ tfjsNode }: Facts): Check {
  const check = { id: 'tfjs', title: 'TensorFlow.js' };
  if (tfjsNode !== undefined) {
    const { name, version, folder } = tfjsNode;
    return { ...check, status: 'ok', detail: `${name} ${version} in ${folder}` };
  }
  const detail = 'neither @tensorflow/tfjs-node nor @tensorflow/tfjs-node-gpu is installed here';
  return { ...check, status: 'failed', detail, remedy: installTfjs(false) };
}

function libtensorflowCheck(facts: Facts): Check {
  const check = { id: 'libtensorflow', title: 'libtensorflow' };
  const found = valueOf(facts.tensorflow);
  if (found === undefined) {
    // tfjs-node goes on with advice of its own.
    const [reason] = errorOf(facts.tensorflow)?.message.split('\n') ?? [];
    const detail = reason ?? 'there is no tfjs-node to load it';
    return facts.tfjsNode === undefined
      ? { ...check, status: 'failed', detail }
      : { ...check, status: 'failed', detail, remedy: setupCommand(facts) };
  }
  const build = facts.prepared?.build === undefined ? '' : `, ${facts.prepared.build} build`;
  const libraries = found.libraries.join(', ') || 'its path is unknown';
  return { ...check, status: 'ok', detail: `${found.version}${build}: ${libraries}` };
}

/** TensorFlow's reasons for not using a GPU, out of its log. */
function whyNoGpu(log: string): string | undefined {
  return log.split('\n').find((line) => /dlopen|could not load|failed call to cuInit/i.test(line));
}

/**
 * The CUDA 12 libraries that TensorFlow's GPU build loads, from PyPI, put where that build looks for
 * them: deps/nvidia. The versions are those that tensorflow[and-cuda] 2.21 asks for.
 */
function installCudaLibraries(folder: string): string {
  const packages = ['cuda-runtime', 'cublas', 'cudnn', 'cufft', 'cusolver', 'cusparse', 'nccl'];
  const names = [...packages, 'curand', 'cuda-cupti', 'cuda-nvrtc', 'nvjitlink'];
  return `python3 -m pip install --target ${folder}/deps ${names.map((name) => `nvidia-${name}-cu12`).join(' ')}`;
}

function gpuCheck(facts: Facts): Check {
  const check = { id: 'gpu', title: 'GPU' };
  const { gpu, tfjsNode } = facts;
  if (gpu.gpus.length === 0) {
    return { ...check, status: 'absent', detail: 'none found; CPU kernels need none' };
  }
  const detail = gpu.gpus
    .map(({ name, computeCapability, memoryBytes }) => {
      const memory = (memoryBytes / BYTES_A_GIB).toFixed(0);
      return `${name} (compute capability ${computeCapability}, ${memory} GiB)`;
    })
    .join(', ');
  const tensorflow = valueOf(facts.tensorflow);
  if (tfjsNode !== undefined && !tfjsNode.gpu && tensorflow?.isUsingGpu !== true) {
    const remedy = `${installTfjs(true)} && npx tfjs-qutlass setup --gpu`;
    return { ...check, status: 'warning', detail: `${detail}; tfjs-node uses none`, remedy };
  }
  if (tfjsNode !== undefined && tensorflow !== undefined && !tensorflow.isUsingGpu) {
    const why = whyNoGpu(facts.tensorflowLog) ?? 'it does not say why';
    const remedy = installCudaLibraries(tfjsNode.folder);
    return { ...check, status: 'warning', detail: `${detail}; TensorFlow: ${why}`, remedy };
  }
  return { ...check, status: 'ok', detail };
}

function driverCheck({ gpu }: Facts): Check {
  const check = { id: 'driver', title: 'NVIDIA driver' };
  return gpu.driver === undefined
    ? { ...check, status: 'absent', detail: 'none found' }
    : { ...check, status: 'ok', detail: gpu.driver };
}

function nvccCheck({ nvcc, gpu, addon }: Facts): Check {
  const check = { id: 'nvcc', title: 'nvcc' };
  if (nvcc !== undefined) {
    const detail = `${nvcc.version} from ${nvcc.origin}: ${nvcc.path}`;
    return { ...check, status: 'ok', detail };
  }
  const needed = gpu.gpus.length > 0 && !valueOf(addon)?.cuda;
  const detail = 'not in CUDACXX, CUDA_HOME, the PATH or /usr/local/cuda';
  return needed
    ? { ...check, status: 'warning', detail, remedy: 'npx tfjs-qutlass build --with-nvcc' }
    : { ...check, status: 'absent', detail: `${detail}; nothing here needs it` };
}

/** Tools that are missing matter only where there is something left to build. */
function buildToolsCheck(facts: Facts): Check {
  const check = { id: 'tools', title: 'build tools' };
  const missing = facts.missingTools;
  if (missing.length === 0) {
    return { ...check, status: 'ok', detail: 'Python 3 with pip, C++17 compiler, CMake, make' };
  }
  const built = facts.addonIsBuilt && valueOf(facts.tensorflow) !== undefined;
  return {
    ...check,
    status: built ? 'absent' : 'failed',
    detail: `missing: ${missing.map(({ name }) => name).join(', ')}`,
    remedy: missing.map(installPrerequisite).join(' && '),
  };
}

function describeCuda(cuda: DeviceInfo['cuda'] | undefined): string {
  return cuda
    ? `with CUDA ${cuda.toolkit} kernels for ${cuda.architectures}`
    : 'with CPU kernels only';
}

function addonCheck(facts: Facts): Check {
  const check = { id: 'addon', title: 'native addon' };
  if (!facts.addonIsBuilt) {
    const withNvcc = facts.gpu.gpus.length > 0 && facts.nvcc === undefined ? ' --with-nvcc' : '';
    const remedy = `npx tfjs-qutlass build${withNvcc}`;
    return { ...check, status: 'failed', detail: 'not built', remedy };
  }
  const error = errorOf(facts.addon);
  if (error !== undefined) {
    const remedy = 'npx tfjs-qutlass build --force';
    return { ...check, status: 'failed', detail: error.message, remedy };
  }
  const cuda = valueOf(facts.addon)?.cuda;
  const detail = `built ${describeCuda(cuda)}`;
  if (!cuda && facts.gpu.gpus.length > 0) {
    const remedy = `npx tfjs-qutlass build${facts.nvcc === undefined ? ' --with-nvcc' : ''}`;
    return { ...check, status: 'warning', detail, remedy };
  }
  return { ...check, status: 'ok', detail };
}

function cpuCheck(facts: Facts): Check {
  const check = { id: 'cpu', title: 'CPU' };
  const has = facts.instructionSets.join(', ') || 'none of the known instruction sets';
  const cpu = valueOf(facts.addon)?.cpu;
  const uses =
    cpu === undefined
      ? ''
      : `; kernels use ${cpu.isa} (${cpu.isaReason}) on up to ${cpu.threads} threads`;
  return { ...check, status: 'ok', detail: `has ${has}${uses}` };
}

function kernelsCheck(facts: Facts): Check {
  const check = { id: 'kernels', title: 'kernels' };
  const info = valueOf(facts.ops);
  if (info !== undefined && info.kernels !== 'none') {
    const stream = info.kernels === 'cuda' ? `; stream: ${info.native?.stream}` : '';
    const detail = `${info.kernels} on the backend '${info.backend}': ${info.reason}${stream}`;
    return { ...check, status: info.kernels === 'typescript' ? 'warning' : 'ok', detail };
  }
  const error = errorOf(facts.ops);
  const detail = info?.reason ?? error?.message ?? 'none can run without TensorFlow.js';
  return { ...check, status: 'failed', detail, remedy: error?.remedy };
}

const CHECKS = [
  nodeCheck,
  tfjsCheck,
  libtensorflowCheck,
  gpuCheck,
  driverCheck,
  nvccCheck,
  buildToolsCheck,
  addonCheck,
  cpuCheck,
  kernelsCheck,
];

/** The report, in the order in which things depend on each other. */
export function runChecks(facts: Facts): Check[] {
  return CHECKS.map((check) => check(facts));
}
