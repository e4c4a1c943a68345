/**
 * The libtensorflow that PyPI has, as part of the Python package: pinned by version and hash.
 *
 * The GPU build is for CUDA 12.5 and finds its libraries by name (LD_LIBRARY_PATH, ldconfig) or in
 * deps/nvidia/, where the nvidia-*-cu12 wheels put them. Only linux x64 has one.
 */
import type { Wheel, WheelTarget } from '../pip';

export const TENSORFLOW_VERSION = '2.21.0';

export interface TensorflowWheel extends Wheel {
  /** For people: 'CPU', 'CUDA 12.5'. */
  build: string;
  target: WheelTarget;
  /** Of the two libraries in it, the bulk of what is unpacked. */
  libraryBytes: number;
}

/** The version of Python does not matter to libtensorflow: one whose wheel stays on offer. */
const PYTHON = '3.11';
const X64: WheelTarget = { platform: 'manylinux_2_27_x86_64', python: PYTHON };
const ARM64: WheelTarget = { platform: 'manylinux_2_27_aarch64', python: PYTHON };

const CPU_X64: TensorflowWheel = {
  requirement: `tensorflow-cpu==${TENSORFLOW_VERSION}`,
  sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
  bytes: 273_829_956,
  build: 'CPU',
  target: X64,
  libraryBytes: 853_308_936,
};

const GPU_X64: TensorflowWheel = {
  requirement: `tensorflow==${TENSORFLOW_VERSION}`,
  sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
  bytes: 572_440_367,
  build: 'CUDA 12.5',
  target: X64,
  libraryBytes: 1_259_021_080,
};

const CPU_ARM64: TensorflowWheel = {
  requirement: `tensorflow==${TENSORFLOW_VERSION}`,
  sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
  bytes: 281_828_020,
  build: 'CPU',
  target: ARM64,
  libraryBytes: 883_062_208,
};

const WHEELS: Record<string, { cpu: TensorflowWheel; gpu?: TensorflowWheel }> = {
  'linux-x64': { cpu: CPU_X64, gpu: GPU_X64 },
  'linux-arm64': { cpu: CPU_ARM64 },
};

/** glibc's version where Node runs on glibc; the wheels need 2.27. */
function glibcVersion(): string | undefined {
  const { header } = process.report.getReport() as unknown as {
    header: { glibcVersionRuntime?: string };
  };
  return header.glibcVersionRuntime;
}

/** The wheel for this machine; undefined where PyPI has none. */
export function tensorflowWheel(gpu: boolean): TensorflowWheel | undefined {
  const wheels = WHEELS[`${process.platform}-${process.arch}`];
  if (wheels === undefined || glibcVersion() === undefined) return undefined;
  return gpu ? wheels.gpu : wheels.cpu;
}
