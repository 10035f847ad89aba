// Long output in a notebook stays at its end while the cell prints.
//
// As in a terminal: who is at the end of a box sees what comes, who has scrolled
// up reads in peace. What a notebook shows when it is opened begins at its first
// line, and so does the report of an error. The boxes are those of
// styles/long-output.css.
(() => {
  const BOX = ".jp-Notebook .jp-OutputArea-output.jp-RenderedText";
  const PRINTED = "application/vnd.jupyter.stdout";
  const SLACK = 4;
  const followed = new WeakSet();
  const known = new WeakSet();
  const grown = new Set();

  const isRunning = box =>
    box.closest(".jp-Cell")?.querySelector(".jp-InputPrompt")?.textContent.includes("*");

  function begin(box) {
    known.add(box);
    if (box.dataset.mimeType === PRINTED && isRunning(box)) followed.add(box);
    // Text may have come between a move and its event: only a move upwards is
    // the reader's for sure.
    let last = 0;
    box.addEventListener("scroll", () => {
      const top = box.scrollTop;
      if (top < last) followed.delete(box);
      if (top + box.clientHeight >= box.scrollHeight - SLACK) followed.add(box);
      last = top;
    }, { passive: true });
  }

  function follow() {
    for (const box of grown) {
      if (!known.has(box)) begin(box);
      if (followed.has(box)) box.scrollTop = box.scrollHeight;
    }
    grown.clear();
  }

  function watch(records) {
    const before = grown.size;
    for (const { target, addedNodes } of records) {
      const element = target instanceof Element ? target : target.parentElement;
      const box = element?.closest(BOX);
      if (box) grown.add(box);
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue;
        for (const inside of node.querySelectorAll(BOX)) grown.add(inside);
      }
    }
    // Once for a frame, however many messages it brings.
    if (grown.size && !before) requestAnimationFrame(follow);
  }

  if (!location.pathname.includes("/rise/")) {
    new MutationObserver(watch).observe(document, {
      subtree: true, childList: true, characterData: true,
    });
  }

  // What JupyterLab and RISE, who load it, ask of an extension.
  const plugin = {
    id: "netlab-live-output:plugin",
    autoStart: true,
    activate: () => {},
  };
  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["netlab-live-output"] = {
    init: () => {},
    get: async () => () => plugin,
  };
})();
