/** Pages of their own within the page of the specs, to load published scripts into. */
type Tfjs = typeof import('@tensorflow/tfjs');

export interface Page {
  /** The global `tf` of the page, undefined where no script made one. */
  tf: Tfjs | undefined;
  /** The messages of errors that no script caught. */
  errors: string[];
  close(): void;
}

interface PageWindow extends Window {
  tf?: Tfjs;
  errors: string[];
}

const CATCH_ERRORS = '<script>errors = []; onerror = (message) => errors.push(message);</script>';

/** Opens a page with `html` as its head and waits until its scripts and modules have run. */
export async function openPage(html: string): Promise<Page> {
  const frame = document.createElement('iframe');
  frame.srcdoc = `<!doctype html><head>${CATCH_ERRORS}${html}</head>`;
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
  document.body.append(frame);
  await loaded;
  const { tf, errors } = frame.contentWindow as PageWindow;
  return { tf, errors, close: () => frame.remove() };
}

/** The address at which karma serves a file of the repository. */
export const served = (file: string) => `/base/${file}`;

export const script = (file: string) => `<script src="${served(file)}"></script>`;
