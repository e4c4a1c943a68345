import { layers, sequential } from '@tensorflow/tfjs-layers';

import { dequantizeModel, inspectModel, quantizeModel } from '../../src/layers';
import { describeOnBackends } from '../support/backends';
import { contentsOf } from '../support/contents';
import { classifier, dense, nested, relativeError } from './models';

describeOnBackends('inspectModel', () => {
  it('tells format, kernel and bytes of every layer with weights', () => {
    const report = inspectModel(
      quantizeModel(classifier(), {
        weights: 'int4',
        groupSize: 16,
        filter: (layer) => layer.name !== 'second',
      }),
    );
    expect(report).toEqual({
      layers: [
        {
          layer: 'first',
          kind: 'QuantizedDense',
          shape: [37, 24],
          format: 'int4 g16',
          bytesBefore: 4 * (37 * 24 + 24),
          bytesAfter: 4 * (5 * 24 + 3 * 24 + 3 * 24 + 24),
          signalToNoise: jasmine.any(Number),
        },
        {
          layer: 'second',
          kind: 'Dense',
          shape: [24, 16],
          format: 'float32',
          bytesBefore: 4 * 24 * 16,
          bytesAfter: 4 * 24 * 16,
          reason: 'left by the filter',
        },
        {
          layer: 'logits',
          kind: 'QuantizedDense',
          shape: [16, 5],
          format: 'int4 g16',
          bytesBefore: 4 * (16 * 5 + 5),
          bytesAfter: 4 * (2 * 5 + 5 + 5 + 5),
          signalToNoise: jasmine.any(Number),
        },
      ],
      bytesBefore: 4 * (37 * 24 + 24 + 24 * 16 + 16 * 5 + 5),
      bytesAfter: 4 * (5 * 24 + 3 * 24 + 3 * 24 + 24 + 24 * 16 + 2 * 5 + 5 + 5 + 5),
    });
  });

  it('says why layers of other kinds stay', () => {
    const model = sequential({
      layers: [
        layers.conv1d({ filters: 4, kernelSize: 3, inputShape: [8, 4] }),
        layers.flatten(),
        dense({ units: 2, seed: 1 }),
      ],
    });
    const [conv] = inspectModel(quantizeModel(model)).layers;
    expect(conv.shape).toEqual([3, 4, 4]);
    expect(conv.reason).toBe('no quantized form of Conv1D with a kernel of 3');
  });

  it('describes a model that nothing was done to', () => {
    const report = inspectModel(nested());
    expect(report.layers.map(({ layer }) => layer)).toEqual([
      'embedding',
      'encoder/wide',
      'encoder/narrow',
      'head',
    ]);
    expect(report.layers.every(({ reason }) => reason === 'not quantized')).toBe(true);
    expect(report.bytesAfter).toBe(report.bytesBefore);
  });

  it('measures the signal to noise ratio of a kernel, whole', () => {
    const model = sequential({
      layers: [
        layers.embedding({ inputDim: 300, outputDim: 250, inputLength: 1 }), // several chunks
        dense({ units: 300, seed: 1 }),
        layers.conv1d({ filters: 4, kernelSize: 1 }),
      ],
    });
    const quantized = quantizeModel(model, { weights: 'int4', groupSize: 64 });
    const again = dequantizeModel(quantized);
    inspectModel(quantized).layers.forEach(({ signalToNoise }, index) => {
      const [kernel] = model.layers[index].getWeights();
      const [approximate] = again.layers[index].getWeights();
      const error = relativeError(contentsOf(approximate), contentsOf(kernel));
      expect(signalToNoise).toBeCloseTo(-20 * Math.log10(error), 3);
      expect(signalToNoise).toBeGreaterThan(15);
    });
  });

  it('still knows what was measured when the rest of a model is quantized', () => {
    const half = quantizeModel(classifier(), { filter: (layer) => layer.name === 'first' });
    const whole = inspectModel(quantizeModel(half, { weights: 'int4' })).layers;
    expect(whole[0].signalToNoise).toBe(inspectModel(half).layers[0].signalToNoise!);
    expect(whole.every(({ signalToNoise }) => signalToNoise! > 10)).toBeTrue();
  });

  it('calls a kernel that nothing was lost of infinitely good', () => {
    const zeros = sequential({
      layers: [layers.dense({ units: 4, inputShape: [8], kernelInitializer: 'zeros' })],
    });
    expect(inspectModel(quantizeModel(zeros)).layers[0].signalToNoise).toBe(Infinity);
  });
});
