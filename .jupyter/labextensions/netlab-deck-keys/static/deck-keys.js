// The keys of a deck: right and left walk the lecture, down and up its extras.
//
// The core of a lesson are the columns of its deck; extras hang below the slide
// that they deepen, and whoever only goes on never sees one. reveal.js has no
// such order: `next` walks down a column first, `right` lands where a column was
// left. RISE 0.43 besides switches reveal's keys for up, down, T, W, Home and
// End off: JupyterLab has them, takes some for the cells of the notebook, and
// none unless the notebook has the focus.
//
// So the keys are taken here, before both: from the moment that the deck is
// there, whatever has the focus, except where a person types.
(() => {
  let app = null;
  const isPreview = new URLSearchParams(location.search).has("receiver");
  const columns = () => [...document.querySelectorAll(".reveal .slides > section")];
  const here = () => document.querySelector(".reveal section.present > section.present");
  const inOverview = () => document.querySelector(".reveal.overview") !== null;
  const reveal = (method, ...args) =>
    postMessage(JSON.stringify({ method, args }), location.origin);

  // Goes to a slide, or to a fragment of the one that is shown.
  function step(name) {
    const slide = here();
    if (!slide) return;
    if (inOverview() && /^(left|right|up|down)$/.test(name)) {
      reveal(name);
      return;
    }
    const across = columns().indexOf(slide.parentElement);
    const down = [...slide.parentElement.children].indexOf(slide);
    const show = (x, y) => {
      const target = columns()[x]?.children[y];
      if (target && target !== slide) reveal("slide", x, y);
    };
    const hidden = slide.querySelector(".fragment:not(.visible)");
    const shown = slide.querySelector(".fragment.visible");
    switch (name) {
      case "next":
      case "right":
        if (hidden) reveal("nextFragment");
        else show(across + 1, 0);
        break;
      case "prev":
        if (shown) reveal("prevFragment");
        else if (down) show(across, down - 1);
        else show(across - 1, 0);
        break;
      case "left":
        if (shown && !down) reveal("prevFragment");
        else show(across - 1, 0);
        break;
      case "down": show(across, down + 1); break;
      case "up": show(across, down - 1); break;
      case "first": show(0, 0); break;
      case "last": show(columns().length - 1, 0); break;
    }
  }

  const steps = {
    " ": "next", PageDown: "next", PageUp: "prev", Home: "first", End: "last",
    ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down",
  };
  // Letters by their place on the keyboard: the layout may be Russian.
  const commands = {
    KeyT: "RISE:notes-open", KeyW: "RISE:toggleOverview", KeyF: "RISE:fullscreenHelp",
  };
  // JupyterLab has a letter or a digit beside each of ours that changes a cell: X
  // cuts it, A and V put another one in, R and Y make it one of another kind. A
  // slip on stage would spoil the slide. J and K only choose a cell, and B is the
  // black screen, as with the remote controls that send it. A slash would make it
  // black as well, and whoever asks for help with it would not know why.
  const changesCell = event =>
    /^(Digit\d|Key[A-Z]|Slash)$/.test(event.code) && !/^Key[JK]$/.test(event.code);
  const isBlack = event => event.code === "KeyB" && !event.shiftKey;

  const isTyping = element => element instanceof HTMLElement && (
    element.isContentEditable ||
    element.matches("input, textarea, select, [role=slider], [role=textbox]") ||
    element.closest(".jp-Dialog, .lm-Menu, .jupyter-widgets") !== null);

  // JupyterLab runs the chosen cell, and a slide without code has none of its own:
  // it would be that of a slide that nobody sees.
  const runsUnseen = event =>
    event.key === "Enter" && (event.ctrlKey || event.shiftKey) && !inOverview() &&
    !here().contains(document.querySelector(".reveal .jp-Cell.jp-mod-active"));

  function takeKey(event) {
    if (event.metaKey || event.altKey || !here()) return;
    if (isTyping(event.composedPath()[0]) || isTyping(document.activeElement)) return;
    const isUnseen = runsUnseen(event);
    if (event.ctrlKey && !isUnseen) return;
    const plain = !event.shiftKey;
    const name = event.key === " " && !plain ? "prev" : plain && steps[event.key];
    const leaves = plain && /^(Enter|Escape)$/.test(event.key) && inOverview();
    const command = app && (leaves ? commands.KeyW : plain && commands[event.code]);
    if (!name && !command && !isUnseen && !changesCell(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (name) step(name);
    else if (command) app.commands.execute(command);
    else if (isBlack(event)) reveal("togglePause");
  }

  // Another window of the deck, or its mark, asks for a step by its name.
  function takeStep(event) {
    if (event.origin !== location.origin || typeof event.data !== "string") return;
    if (!event.data.startsWith('{"netlabStep"')) return;
    event.stopImmediatePropagation();
    step(JSON.parse(event.data).netlabStep);
  }

  const focusNotebook = () =>
    document.querySelector(".reveal .jp-Notebook")?.focus({ preventScroll: true });

  // The focus is on nothing when a deck has opened, and again when the cell that
  // had it is no longer shown, which is at the end of the transition. JupyterLab's
  // own keys, Ctrl+Enter first of all, need it in the notebook.
  const focusIfLost = () => {
    if (document.activeElement === document.body) focusNotebook();
  };

  // A button that was clicked would take the next Space.
  const giveBack = event => {
    if (event.target.closest?.(".jp-Toolbar, summary, button")) setTimeout(focusNotebook);
  };

  // A click in the overview chooses a slide. JupyterLab would choose a cell before,
  // when the button goes down, and the slides would move away under the mouse.
  const leaveCells = event => {
    if (!inOverview()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  // A second click on what is folded is not one that edits its cell.
  const leaveFolded = event => {
    if (event.target.closest?.("summary")) event.stopImmediatePropagation();
  };

  if (location.pathname.includes("/rise/")) {
    addEventListener("message", takeStep, true);
    if (!isPreview) {
      addEventListener("keydown", takeKey, true);
      addEventListener("click", giveBack, true);
      addEventListener("mousedown", leaveCells, true);
      addEventListener("dblclick", leaveFolded, true);
      addEventListener("focusout", () => setTimeout(focusIfLost), true);
      for (const event of ["ready", "slidechanged"]) {
        document.addEventListener(event, () => setTimeout(focusIfLost), true);
      }
    }
  }

  // What JupyterLab and RISE, who load it, ask of an extension.
  const plugin = {
    id: "netlab-deck-keys:plugin",
    autoStart: true,
    activate: jupyter => { app = jupyter; },
  };
  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["netlab-deck-keys"] = {
    init: () => {},
    get: async () => () => plugin,
  };
})();
