import { cast, square, stack, sub, sum, tidy, type Tensor } from '@tensorflow/tfjs-core';

/** sqrt(Σ(actual − expected)² / Σ expected²) over all elements of all tensors; 0 where all agree. */
export function relativeError(actual: Tensor[], expected: Tensor[]): number {
  let noise = 0;
  let signal = 0;
  actual.forEach((tensor, index) => {
    const [difference, power] = tidy(() => {
      const [got, wanted] = [cast(tensor, 'float32'), cast(expected[index], 'float32')];
      return stack([sum(square(sub(got, wanted))), sum(square(wanted))]).dataSync();
    });
    noise += difference;
    signal += power;
  });
  return noise === 0 ? 0 : Math.sqrt(noise / signal);
}
