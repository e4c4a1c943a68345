import { layers, sequential } from '@tensorflow/tfjs-layers';

import { inspectModel, printReport, quantizeModel } from '../../src/layers';
import { describeOnBackends } from '../support/backends';
import { dense } from './models';

const RULE = '─'.repeat(84);

describeOnBackends('printReport', () => {
  it('prints one aligned table', () => {
    const model = sequential({
      name: 'm',
      layers: [
        layers.conv1d({ name: 'conv', filters: 4, kernelSize: 3, inputShape: [8, 4] }),
        dense({ name: 'dense_of_four', units: 128, useBias: false, seed: 1 }),
      ],
    });
    const report = inspectModel(quantizeModel(model, { weights: 'int4', groupSize: 32 }));
    report.layers[1].signalToNoise = 21.04;
    const { reason } = report.layers[0];
    const lines: string[] = [];
    printReport(report, (line) => lines.push(line));
    expect(lines).toEqual([
      'layer          kind            shape    format    bytes before  bytes after      SNR',
      RULE,
      `conv           Conv1D          [3,4,4]  float32            208          208           ${reason}`,
      'dense_of_four  QuantizedDense  [4,128]  int4 g32         2,048        1,536  21.0 dB',
      RULE,
      'total                                                    2,256        1,744',
    ]);
  });
});
