// Makes the speaker's window of a deck usable.
//
// The previews in that window are decks of their own. RISE 0.43 shows their
// first slide when they have loaded, and reveal.js would take the deck on
// stage there too. So the previews follow the deck and never lead it.
//
// reveal.js hands the keys that are pressed in that window to a preview. Here
// the preview asks the deck for the step instead: by its name, because the deck
// takes no key while the cursor is in one of its cells.
//
// The notes are cells: reveal.js copies them with the hidden editor inside, and
// the style sheet that hides it is not there. The style of an element is.
(() => {
  const isDeck = location.pathname.includes("/rise/");
  const isPreview = new URLSearchParams(location.search).has("receiver");
  const leads = data =>
    typeof data === "string" && data.startsWith('{"method":"setState"');
  const steps = {
    " ": "next", PageDown: "next", PageUp: "prev",
    ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down",
  };
  // The numbers under which reveal.js passes the same keys on.
  const byNumber = {
    32: " ", 33: "PageUp", 34: "PageDown",
    37: "ArrowLeft", 38: "ArrowUp", 39: "ArrowRight", 40: "ArrowDown",
  };
  if (isDeck && isPreview) {
    const ask = method => {
      const deck = parent.opener;
      if (method && deck) deck.postMessage(JSON.stringify({ method }), location.origin);
    };
    addEventListener("message", event => {
      if (!String(event.data).startsWith('{"method":"triggerKey"')) return;
      event.stopImmediatePropagation();
      ask(steps[byNumber[JSON.parse(event.data).args[0]]]);
    }, true);
    // The keyboard is the preview's own after a click on it; what the browser
    // does with a key stays the browser's.
    addEventListener("keydown", event => {
      event.stopImmediatePropagation();
      if (event.ctrlKey || event.metaKey || event.altKey || /^F\d/.test(event.key)) return;
      event.preventDefault();
      ask(event.key === " " && event.shiftKey ? "prev" : steps[event.key]);
    }, true);
  }
  if (isDeck && !isPreview) {
    // This script runs before reveal.js listens.
    addEventListener("message", event => {
      if (leads(event.data)) event.stopImmediatePropagation();
    }, true);
    const hideSources = () => document
      .querySelectorAll("aside.notes .jp-InputArea-editor")
      .forEach(editor => { editor.style.display = "none"; });
    for (const event of ["ready", "slidechanged", "fragmentshown"]) {
      document.addEventListener(event, hideSources, true);
    }
  }

  // What JupyterLab, which serves it, and RISE ask of an extension.
  const plugin = {
    id: "netlab-speaker-view:plugin",
    autoStart: true,
    activate: () => {},
  };
  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["netlab-speaker-view"] = {
    init: () => {},
    get: async () => () => plugin,
  };
})();
