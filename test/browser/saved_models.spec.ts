/** Models that were saved in Node, loaded over HTTP in a browser. */
import { loadModel } from '../../src/layers';
import { type Expected, expectOutputOfThen, SAVED_MODELS } from '../layers/saved_models';
import { describeOnBackends } from '../support/backends';
import { served } from './page';

describeOnBackends('A model that was saved in Node', (backend) => {
  for (const name of SAVED_MODELS) {
    it(`${name} gives the same output in a browser`, async () => {
      const folder = served(`test/fixtures/${name}`);
      const model = await loadModel(`${folder}/model.json`);
      const expected = (await (await fetch(`${folder}/expected.json`)).json()) as Expected;
      expectOutputOfThen(name, model, expected, backend.name);
      model.dispose();
    });
  }

  it('that is not there is an error with a code', async () => {
    await expectAsync(loadModel(served('test/fixtures/none/model.json'))).toBeRejectedWith(
      jasmine.objectContaining({ name: 'QutlassModelError', code: 'NOT_READABLE' }),
    );
  });
});
