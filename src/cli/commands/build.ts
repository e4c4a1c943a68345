/** npx tfjs-qutlass build: compiles the native addon. */
import { type Command, UsageError } from '../arguments';
import { type CudaChoice, addonPath, buildFolder, readRecord } from '../addon/built';
import { addonStep } from '../addon/step';
import { runSteps } from '../steps/run_steps';

const ARCHITECTURES = /^\d{2,3}a?(-real|-virtual)?(,\d{2,3}a?(-real|-virtual)?)*$/;

/** '86,90' as CMake writes it, '86;90'. Throws UsageError. */
function parseArchitectures(value: string): string {
  if (value !== '' && !ARCHITECTURES.test(value)) {
    throw new UsageError(`--arch is '${value}', expected compute capabilities such as 86,90`);
  }
  return value.replaceAll(',', ';');
}

export const build: Command = {
  name: 'build',
  summary: 'compile the native addon, with CUDA kernels where there is a CUDA compiler',
  description: `Compiles build/Release/qutlass.node. nvcc is looked for in CUDACXX, CUDA_HOME, the PATH,
/usr/local/cuda and what --with-nvcc has brought; without it the addon has its CPU kernels.`,
  options: {
    cuda: {
      value: 'auto|on|off',
      default: 'auto',
      description: 'build CUDA kernels; auto: where nvcc is found',
    },
    'with-nvcc': { description: 'get nvcc 13.0 from PyPI (104 MB) where the machine has none' },
    arch: {
      value: 'LIST',
      default: '',
      description: 'GPU architectures, e.g. 86,90; empty: 80, 86, 89, 90 and PTX',
    },
    force: { description: 'build even if it is up to date' },
  },

  async run({ cuda, 'with-nvcc': withNvcc, arch, force }) {
    const step = addonStep({
      cuda: cuda as CudaChoice,
      architectures: parseArchitectures(String(arch)),
      withNvcc: withNvcc === true && cuda !== 'off',
      force: force === true,
    });
    await runSteps([step], { workFolder: buildFolder() });
    const nvcc = readRecord()?.nvcc;
    console.log(`${addonPath()}: ${nvcc ? `CPU and CUDA kernels (${nvcc})` : 'CPU kernels'}`);
    return 0;
  },
};
