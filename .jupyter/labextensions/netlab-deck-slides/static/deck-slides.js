// What the slides of a deck know of themselves, for the style sheets and for the
// mark at their foot: what hangs below, how much code there is, what will fail.
(() => {
  let app = null;
  const words = {
    more: count => `↓ ещё ${count}`,
    extra: (number, count) => `дополнительно ${number} из ${count} · ↑`,
  };
  const here = () => document.querySelector(".reveal section.present > section.present");

  const mark = document.createElement("button");
  mark.id = "netlab-depth";
  mark.tabIndex = -1;
  mark.addEventListener("click", () => {
    // netlab-deck-keys knows where a step leads.
    postMessage(JSON.stringify({ netlabStep: mark.dataset.step }), location.origin);
  });

  function showDepth(slide) {
    const stage = document.querySelector(".reveal");
    if (mark.parentElement !== stage) stage.append(mark);
    const column = [...slide.parentElement.children];
    const extras = column.length - 1, down = column.indexOf(slide);
    mark.hidden = extras === 0;
    mark.dataset.step = down ? "up" : "down";
    mark.textContent = down ? words.extra(down, extras) : words.more(extras);
    document.body.classList.toggle("netlab-extra", down > 0);
  }

  // Little code may be large: `few` lines leave room for all that they show,
  // `one` cell of a dozen until it shows something. A report of the compiler
  // needs more room than any other output.
  function countCode(slide) {
    const cells = notebookCells().filter(cell =>
      cell.model.type === "code" && slide.contains(cell.node) &&
      !cell.node.matches(".reveal-skip, aside *"));
    const fails = cells.some(cell =>
      (cell.model.getMetadata("tags") ?? []).includes("raises-exception"));
    const lines = cells.reduce((sum, cell) =>
      sum + cell.model.sharedModel.getSource().split("\n").length, 0);
    const few = fails ? 4 : cells.length > 2 ? 6 : 8;
    if (cells.length && lines <= few) slide.dataset.code = "few";
    else if (cells.length === 1 && lines <= 12 && !fails) slide.dataset.code = "one";
    else delete slide.dataset.code;
  }

  const notebookCells = () => app?.shell.currentWidget?.content?.widgets ?? [];

  function foldLeaves() {
    for (const leaf of document.querySelectorAll(".netlab-python[open]")) leaf.open = false;
  }

  if (location.pathname.includes("/rise/")) {
    document.addEventListener("ready", () => {
      for (const slide of document.querySelectorAll(".slides > section > section")) {
        countCode(slide);
      }
    }, true);
    for (const event of ["ready", "slidechanged"]) {
      document.addEventListener(event, () => {
        const slide = here();
        if (!slide) return;
        foldLeaves();
        showDepth(slide);
        countCode(slide);
      }, true);
    }
  }

  // What JupyterLab and RISE, who load it, ask of an extension.
  const plugin = {
    id: "netlab-deck-slides:plugin",
    autoStart: true,
    activate: jupyter => { app = jupyter; },
  };
  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["netlab-deck-slides"] = {
    init: () => {},
    get: async () => () => plugin,
  };
})();
