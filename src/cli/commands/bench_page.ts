/** npx tfjs-qutlass bench page: the pages and charts of results that are there. */
import { type Command, UsageError } from '../arguments';
import { writeSummary } from '../bench/summary';

export const benchPage: Command = {
  name: 'bench page',
  summary: 'write the page, charts and table of results again',
  description: `Writes results.csv, index.html and the charts beside a results.jsonl: where the packages for charts
were not installed, or for the results of several runs in one file.`,
  arguments: { results: 'a results.jsonl' },
  options: {},

  async run({ results }) {
    try {
      console.log(await writeSummary(String(results)));
    } catch (error) {
      throw new UsageError(`cannot write the page of ${results}: ${(error as Error).message}`);
    }
    return 0;
  },
};
