// Makes the speaker's window of a deck usable.
//
// The previews in that window are decks of their own. RISE 0.43 shows their
// first slide when they have loaded, and reveal.js would take the deck on
// stage there too. So the previews follow the deck and never lead it.
//
// reveal.js hands the keys that are pressed in that window to a preview. Here
// the preview asks the deck for the step instead: by its name, because the deck
// takes no key while the cursor is in one of its cells. Where a step leads is
// said in one place, netlab-deck-keys; the preview of the next slide asks there
// too, so that it shows what Space will bring.
//
// The notes are cells: reveal.js copies them with the hidden editor inside, and
// no style sheet is there to hide it or to open what is folded for the student.
// The style of an element is, and so is its state.
(() => {
  const isDeck = location.pathname.includes("/rise/");
  const isPreview = new URLSearchParams(location.search).has("receiver");
  const isMessage = (data, method) =>
    typeof data === "string" && data.startsWith(`{"method":"${method}"`);
  const steps = {
    " ": "next", PageDown: "next", PageUp: "prev", Home: "first", End: "last",
    ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down",
  };
  // The numbers under which reveal.js passes the same keys on.
  const byNumber = {
    32: " ", 33: "PageUp", 34: "PageDown", 35: "End", 36: "Home",
    37: "ArrowLeft", 38: "ArrowUp", 39: "ArrowRight", 40: "ArrowDown",
  };
  const ask = (deck, name) => {
    if (name && deck) deck.postMessage(JSON.stringify({ netlabStep: name }), location.origin);
  };
  if (isDeck && isPreview) {
    document.documentElement.classList.add("netlab-preview");
    // Where the deck is was said when the other preview was ready; and after the
    // event RISE shows the first slide.
    document.addEventListener("ready", () => setTimeout(() => {
      const slide = parent.opener?.document.querySelector(
        "section.present > section.present");
      if (!slide) return;
      const [across, down] = slide.id.match(/\d+/g).map(Number);
      const fragment = slide.querySelectorAll(".fragment.visible").length - 1;
      postMessage(
        JSON.stringify({ method: "slide", args: [across, down, fragment] }),
        location.origin,
      );
      if (frameElement.closest("#upcoming-slide")) ask(window, "next");
    }), true);
    // The number of a key does not say that Shift was held.
    let back = false;
    parent.addEventListener("keydown", event => { back = event.shiftKey; }, true);
    addEventListener("message", event => {
      if (isMessage(event.data, "triggerKey")) {
        event.stopImmediatePropagation();
        const name = steps[byNumber[JSON.parse(event.data).args[0]]];
        ask(parent.opener, name === "next" && back ? "prev" : name);
      }
      if (isMessage(event.data, "next")) {
        event.stopImmediatePropagation();
        ask(window, "next");
      }
    }, true);
    // The keyboard is the preview's own after a click on it; what the browser
    // does with a key stays the browser's.
    addEventListener("keydown", event => {
      event.stopImmediatePropagation();
      if (event.ctrlKey || event.metaKey || event.altKey || /^F\d/.test(event.key)) return;
      event.preventDefault();
      ask(parent.opener, event.key === " " && event.shiftKey ? "prev" : steps[event.key]);
    }, true);
  }
  if (isDeck && !isPreview) {
    // This script runs before reveal.js listens.
    addEventListener("message", event => {
      if (isMessage(event.data, "setState")) event.stopImmediatePropagation();
    }, true);
    for (const event of ["ready", "slidechanged", "fragmentshown"]) {
      document.addEventListener(event, prepareNotes, true);
    }
  }

  function prepareNotes() {
    for (const notes of document.querySelectorAll("aside.notes")) {
      for (const hidden of notes.querySelectorAll(
        ".jp-InputArea-editor, details.netlab-notes > summary",
      )) {
        hidden.style.display = "none";
      }
      for (const folded of notes.querySelectorAll("details:not([open])")) folded.open = true;
      for (const answer of notes.querySelectorAll("details details")) {
        answer.style.cssText = "border-left:3px solid #888;margin:.2em 0;padding-left:.6em";
        answer.querySelector("summary").style.cssText = "list-style:none;font-size:.8em;opacity:.75";
      }
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
