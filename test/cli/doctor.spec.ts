import { type Check, canRun } from '../../src/cli/doctor/check';
import { runChecks } from '../../src/cli/doctor/checks';
import type { Facts } from '../../src/cli/doctor/facts';
import { parseNvidiaSmi } from '../../src/cli/doctor/gpu';
import { parseInstructionSets } from '../../src/cli/doctor/instruction_sets';
import { textReport } from '../../src/cli/doctor/report';
import { PREREQUISITES } from '../../src/cli/steps/prerequisites';
import { FakeProject } from './fake_project';
import { run } from './command_line';
import { temporaryFolder } from '../support/temporary_folder';

const CPU = { isa: 'avx2', isaReason: 'the best of this processor', threads: 2 };
const A10 = { name: 'NVIDIA A10', computeCapability: '8.6', memoryBytes: 22 * 2 ** 30 };

/** A machine without a GPU on which all is well. */
const HEALTHY: Facts = {
  nodeVersion: '22.1.0',
  tfjsNode: { name: '@tensorflow/tfjs-node', version: '4.22.0', folder: '/tfjs', gpu: false },
  prepared: { tensorflowVersion: '2.21.0', build: 'CPU', source: 'PyPI' },
  tensorflow: { value: { version: '2.21.0', libraries: ['/tfjs/cc.so.2'], isUsingGpu: false } },
  tensorflowLog: '',
  addonIsBuilt: true,
  addonRecord: undefined,
  addon: { value: { cpu: CPU, cuda: null, gpus: [] } },
  ops: {
    value: {
      backend: 'tensorflow',
      kernels: 'native-cpu',
      reason: 'no GPU was found',
      native: null,
    },
  },
  gpu: { gpus: [] },
  nvcc: undefined,
  missingTools: [],
  instructionSets: ['avx2', 'fma'],
};

const GPU_PACKAGE = { ...HEALTHY.tfjsNode!, name: '@tensorflow/tfjs-node-gpu', gpu: true };

function check(id: string, facts: Partial<Facts> = {}) {
  const found = runChecks({ ...HEALTHY, ...facts }).find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no check ${id}`);
  return found;
}

describe('doctor', () => {
  it('finds a healthy machine healthy', () => {
    const checks = runChecks(HEALTHY);
    expect(canRun(checks)).toBeTrue();
    expect(checks.filter(({ remedy }) => remedy !== undefined)).toEqual([]);
    expect(check('libtensorflow').detail).toBe('2.21.0, CPU build: /tfjs/cc.so.2');
    expect(check('cpu').detail).toContain('has avx2, fma; kernels use avx2');
    expect(check('kernels').detail).toContain("native-cpu on the backend 'tensorflow'");
    expect(check('gpu').status).toBe('absent');
  });

  it('tells for each thing missing the command that mends it', () => {
    const error = { error: { message: 'libfoo.so: cannot open' } };
    const setup = 'npx tfjs-qutlass setup';
    const cases: [string, Partial<Facts>, RegExp][] = [
      ['node', { nodeVersion: '18.20.4' }, /install Node 20\.17\.0/],
      ['tfjs', { tfjsNode: undefined }, /^npm install --ignore-scripts .*tfjs-node@4\.22\.0$/],
      ['libtensorflow', { tensorflow: error }, new RegExp(`^${setup}$`)],
      ['libtensorflow', { tensorflow: error, tfjsNode: GPU_PACKAGE }, new RegExp(`${setup} --gpu`)],
      ['addon', { addonIsBuilt: false }, /^npx tfjs-qutlass build$/],
      ['addon', { addonIsBuilt: false, gpu: { gpus: [A10] } }, /build --with-nvcc$/],
      ['addon', { addon: error }, /^npx tfjs-qutlass build --force$/],
    ];
    for (const [id, facts, remedy] of cases) {
      expect(check(id, facts)).toEqual(
        jasmine.objectContaining({ status: 'failed', remedy: jasmine.stringMatching(remedy) }),
      );
      expect(canRun(runChecks({ ...HEALTHY, ...facts }))).toBeFalse();
    }
  });

  it('warns of a GPU that goes unused, and why', () => {
    const gpu = { gpus: [A10], driver: '580.65.06' };
    expect(check('gpu', { gpu })).toEqual({
      id: 'gpu',
      title: 'GPU',
      status: 'warning',
      detail: 'NVIDIA A10 (compute capability 8.6, 22 GiB); tfjs-node uses none',
      remedy:
        'npm install --ignore-scripts @tensorflow/tfjs-node-gpu@4.22.0 && npx tfjs-qutlass setup --gpu',
    });
    const tensorflowLog = 'Cannot dlopen some GPU libraries.\nSkipping registering GPU devices...';
    const unused = check('gpu', { gpu, tfjsNode: GPU_PACKAGE, tensorflowLog });
    expect(unused.detail).toContain('TensorFlow: Cannot dlopen some GPU libraries.');
    expect(unused.remedy).toMatch(/pip install --target \/tfjs\/deps .*nvidia-cudnn-cu12/);
    expect(check('addon', { gpu }).remedy).toBe('npx tfjs-qutlass build --with-nvcc');
    expect(check('nvcc', { gpu }).status).toBe('warning');
    expect(canRun(runChecks({ ...HEALTHY, gpu }))).toBeTrue();
  });

  it('minds missing tools only where there is something to build', () => {
    const missingTools = [PREREQUISITES.cmake];
    expect(check('tools', { missingTools }).status).toBe('absent');
    const { status, detail, remedy } = check('tools', { missingTools, addonIsBuilt: false });
    expect([status, detail]).toEqual(['failed', 'missing: CMake 3.18 or newer']);
    expect(remedy).toMatch(/cmake/);
  });

  it("passes on an error's own remedy", () => {
    const ops = { error: { message: 'no ops', remedy: 'npx tfjs-qutlass doctor --again' } };
    const checks = runChecks({ ...HEALTHY, ops });
    expect(canRun(checks)).toBeFalse();
    expect(textReport(checks)).toContain('→ npx tfjs-qutlass doctor --again');
  });

  it('reads nvidia-smi and /proc/cpuinfo', () => {
    expect(parseNvidiaSmi('NVIDIA A10, 8.6, 22528, 580.65.06\n')).toEqual({
      gpus: [A10],
      driver: '580.65.06',
    });
    expect(parseNvidiaSmi('No devices were found\n')).toEqual({ gpus: [], driver: undefined });
    const x86 = 'model name\t: X\nflags\t\t: fpu avx2 fma avx512f avx512_vnni\n';
    expect(parseInstructionSets(x86)).toEqual(['avx2', 'fma', 'avx512f', 'avx512_vnni']);
    expect(parseInstructionSets('Features\t: fp asimd asimddp\n')).toEqual(['asimd', 'asimddp']);
    expect(parseInstructionSets('')).toEqual([]);
  });

  describe('as a program', () => {
    const folder = temporaryFolder();

    it('answers JSON, and ends with 1 where the main job cannot run', async () => {
      new FakeProject(folder());
      const { status, stdout, stderr } = await run(['doctor', '--json', '--project', folder()]);
      const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: Check[] };
      expect([status, ok, stderr]).toEqual([1, false, '']);
      expect(checks.map(({ id }) => id)).toEqual([
        ...['node', 'tfjs', 'libtensorflow', 'gpu', 'driver', 'nvcc', 'tools', 'addon', 'cpu'],
        'kernels',
      ]);
      expect(checks[2]).toEqual({
        id: 'libtensorflow',
        title: 'libtensorflow',
        status: 'failed',
        detail: jasmine.stringMatching(/no such file.*libtensorflow\.so\.2/),
        remedy: 'npx tfjs-qutlass setup',
      });
    });
  });
});
