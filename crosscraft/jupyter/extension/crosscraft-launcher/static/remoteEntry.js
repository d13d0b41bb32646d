/* A card in JupyterLab's launcher, and a command in its palette, that open the welcome page; a line
 * below links in prose; the colours of pictures; the keys of the explorers, and the line numbers of
 * their editor.
 *
 * JupyterLab loads an extension as a module-federation container: an object with `init`, which is
 * given the modules that the page shares, and `get`, which returns what it exposes. This file is
 * that container, written by hand: one plugin needs no bundler.
 */
(() => {
  const COMMAND = 'crosscraft:welcome';

  // Two boxes and an arrow from one to the other: built here, for there. The class is JupyterLab's
  // own, which gives a shape the colour of icons in every theme.
  const ICON = `
    <svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
      <path class="jp-icon3" fill="#616161" d="M2 4h9v4H9V6H4v12h5v-2h2v4H2z"/>
      <path class="jp-icon3" fill="#616161" d="M13 4h9v16h-9v-4h2v2h5V6h-5v2h-2z"/>
      <path class="jp-icon3" fill="#616161" d="M6.5 11H13V8.5l4.5 3.5-4.5 3.5V13H6.5z"/>
    </svg>`;

  // An error of a recipe names a line. The numbers are a picture that scrolls with the text.
  const HEIGHT = 18;
  const NUMBERS = Array.from(
    { length: 999 },
    (_, line) => `<text x="32" y="${HEIGHT * line + 13}">${line + 1}</text>`
  );
  const GUTTER = encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="${HEIGHT * NUMBERS.length}"
      font-family="monospace" font-size="11" fill="#767676" text-anchor="end">${NUMBERS.join('')}</svg>`
  );
  const NUMBERED = `
    .jupyter-widgets.crosscraft-numbered textarea {
      font: 13px/${HEIGHT}px var(--jp-code-font-family);
      white-space: pre;
      padding: 4px 4px 4px 44px;
      background: url("data:image/svg+xml,${GUTTER}") 0 4px no-repeat local var(--jp-widgets-input-background-color);
    }`;

  // JupyterLab tells links in prose by their colour alone, which not everybody sees. Pictures have
  // light and dark colours, and use those of the system unless the page says which.
  const STYLE = `
    .jp-RenderedHTMLCommon.jp-RenderedMarkdown :is(p, li, td) a:link { text-decoration: underline; }
    body[data-jp-theme-light="true"] .jp-RenderedMarkdown img { color-scheme: light; }
    body[data-jp-theme-light="false"] .jp-RenderedMarkdown img { color-scheme: dark; }`;

  // The arrow keys and the letters are shortcuts for the notebook's cells. In an explorer they belong
  // to its lists and buttons. Lumino ignores the keys of an element with this attribute. Shortcuts
  // with Ctrl, such as the one that saves, work there too.
  const EXPLORER = '.crosscraft-explorer';
  const IGNORED = 'data-lm-suppress-shortcuts';

  function leaveToExplorer(event) {
    if (event.target.closest?.(EXPLORER)) {
      event.target.toggleAttribute(IGNORED, !(event.ctrlKey || event.altKey || event.metaKey));
    }
  }

  let shared;

  /* Return a module of the page's own: the only version of it that is there. */
  async function load(name) {
    const [version] = Object.values(shared[name]);
    return (await version.get())();
  }

  async function plugin() {
    const { ILauncher } = await load('@jupyterlab/launcher');
    const { ICommandPalette } = await load('@jupyterlab/apputils');
    const { PageConfig } = await load('@jupyterlab/coreutils');
    const { LabIcon } = await load('@jupyterlab/ui-components');
    const icon = new LabIcon({ name: 'crosscraft:icon', svgstr: ICON });
    return {
      id: 'crosscraft-launcher:plugin',
      description: 'Opens the welcome page from the launcher and the palette.',
      autoStart: true,
      optional: [ILauncher, ICommandPalette],
      activate: (app, launcher, palette) => {
        document.head.append(Object.assign(document.createElement('style'), { textContent: STYLE + NUMBERED }));
        window.addEventListener('keydown', leaveToExplorer, true); // before JupyterLab's own
        app.commands.addCommand(COMMAND, {
          label: ({ isPalette }) => (isPalette ? 'Open the Welcome Page' : 'Crosscraft'),
          caption: 'The lessons of Crosscraft in order, each with a link that opens it',
          icon,
          // The server names the folder with the learner's lessons.
          execute: () =>
            app.commands.execute('docmanager:open', {
              path: `${PageConfig.getOption('preferredPath')}/welcome.md`
            })
        });
        // After the terminal: a section of our own would be below the edge of most pages, and
        // the sections above show the icons of kernels in place of a command's.
        launcher?.add({ command: COMMAND, category: 'Other', rank: 0.5 });
        palette?.addItem({ command: COMMAND, category: 'Crosscraft', args: { isPalette: true } });
      }
    };
  }

  window._JUPYTERLAB ??= {};
  window._JUPYTERLAB['crosscraft-launcher'] = {
    init: scope => {
      shared = scope;
    },
    get: async () => {
      const found = await plugin();
      return () => ({ __esModule: true, default: found });
    }
  };
})();
