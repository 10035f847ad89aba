// Makes the speaker's window of a deck usable.
//
// The previews in that window are decks of their own. RISE 0.43 shows their
// first slide when they have loaded, and reveal.js would take the deck on
// stage there too. So the previews follow the deck and never lead it; the keys
// pressed in the speaker's window still do, they come by another message.
//
// The notes are cells: reveal.js copies them with the hidden editor inside, and
// the style sheet that hides it is not there. The style of an element is.
(() => {
  const isDeck = location.pathname.includes("/rise/");
  const isPreview = new URLSearchParams(location.search).has("receiver");
  const leads = data =>
    typeof data === "string" && data.startsWith('{"method":"setState"');
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
