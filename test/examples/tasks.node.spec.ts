/** The examples of one task each, in small: they end well, and their figures are those of the models. */
import { temporaryFolder } from '../support/temporary_folder';
import { leftBehind, numbersAfter, runExample } from './run_example';

describe('the example', () => {
  const folder = temporaryFolder();

  it('classify keeps what the converted model makes of digits', () => {
    const { status, stdout } = runExample('classify', folder());
    expect(status).toBe(0);
    const [right, other] = numbersAfter('float32', stdout);
    expect(right).toBeGreaterThan(96);
    expect(other).toBe(0);
    for (const format of ['int8  ', 'int4 g32  ']) {
      const [rightInteger, otherInteger] = numbersAfter(format, stdout);
      expect(rightInteger).toBeGreaterThan(right - 1);
      expect(otherInteger).toBeLessThan(1);
    }
    expect(leftBehind(folder())).toEqual([]);
  });

  it('qat compares int4 after training with int4 that was trained for', () => {
    const { status, stdout } = runExample('qat', folder(), '--smoke');
    expect(status).toBe(0);
    expect(numbersAfter('float32 ', stdout)[0]).toBeLessThan(2.2);
    expect(
      numbersAfter('int4 after 2 steps of quantization-aware training', stdout)[0],
    ).toBeLessThan(2.3);
  });

  it('rotations shows that int4 activations cost less when they are rotated', () => {
    const { status, stdout } = runExample('rotations', folder(), '--smoke');
    expect(status).toBe(0);
    const [plain] = numbersAfter('none', stdout);
    const [rotated] = numbersAfter('hadamard 64', stdout);
    expect(plain).toBeLessThan(2.6);
    expect(rotated).toBeLessThan(plain - 0.1);
    const [bf16, int8] = ['bf16 ', 'int8 '].map((name) => numbersAfter(name, stdout)[0]);
    expect(int8).toBeLessThan(bf16 + 0.02);
    expect(int8).toBeLessThan(rotated - 0.02);
    const [trained] = numbersAfter('after 2 steps of training for hadamard 64, quest:', stdout);
    expect(trained).toBeLessThan(plain);
  });

  it('lora adapts a frozen int4 model, and saves its adapters', () => {
    const { status, stdout } = runExample('lora', folder(), '--smoke');
    expect(status).toBe(0);
    const [, before] = numbersAfter('int4, the base', stdout);
    const [, after] = numbersAfter('int4 with adapters', stdout);
    expect(after).toBeLessThan(before);
    expect(stdout).toMatch(/the adapters' file: 0\.31 MB/);
    expect(leftBehind(folder())).toEqual([]);
  });
});
