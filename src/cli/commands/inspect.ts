/** npx tfjs-qutlass inspect: what is quantized in a model. */
import type { Command } from '../arguments';
import { loadPackage } from '../models/load_package';
import { readModel } from '../models/model_file';
import { Stages } from '../models/stages';

export const inspect: Command = {
  name: 'inspect',
  summary: 'list the layers of a saved model, their formats and bytes',
  description: 'Loads a layers model and lists the layers that have weights.',
  arguments: { model: 'a model.json of tfjs, or its folder' },
  options: {
    json: { description: 'for programs: {"layers": [...], "bytesBefore", "bytesAfter"}' },
  },

  async run({ model: path, json }) {
    const { model, tf } = await new Stages(1).run(`load ${path}`, async () => {
      const tf = loadPackage();
      return { tf, model: await readModel(tf, String(path)) };
    });
    const report = tf.qutlass.inspectModel(model);
    if (json === true) console.log(JSON.stringify(report, null, 2));
    else tf.qutlass.printReport(report);
    return 0;
  },
};
