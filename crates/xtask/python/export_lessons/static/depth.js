// The lecture goes to the right, extras hang below: the mark on a slide that has
// some, the keys, the numbers. All of it is as in the lab's slides.
//
// deck.js hands the keys and the numbers to reveal.js.
const depth = document.createElement("button");
depth.className = "deck-depth";
depth.tabIndex = -1;
depth.addEventListener("click", () => {
  depth.blur();
  const { h, v } = Reveal.getIndices();
  Reveal.slide(h, v > 0 ? v - 1 : 1);
});
document.querySelector(".reveal").append(depth);

function showDepth() {
  const { v } = Reveal.getIndices();
  const extras = Reveal.getCurrentSlide().parentElement.children.length - 1;
  depth.hidden = extras === 0;
  depth.classList.toggle("up", v > 0);
  depth.textContent = v > 0 ? `дополнительно ${v} из ${extras} · ↑` : `↓ ещё ${extras}`;
}

Reveal.on("ready", showDepth);
Reveal.on("slidechanged", showDepth);

// Out of the extras one by one, then along the lecture.
function back() {
  if (Reveal.getIndices().v > 0) Reveal.up();
  else Reveal.left();
}

// Space and the buttons of a clicker (page up and down) walk the lecture as the
// arrows do; reveal.js would go through all that is below, too. Down and up wait
// for no fragment.
const depthKeys = {
  32: (event) => (event.shiftKey ? back() : Reveal.right()),
  33: back,
  34: () => Reveal.right(),
  38: () => Reveal.up({ skipFragments: true }),
  40: () => Reveal.down({ skipFragments: true }),
};

// In the window of the lecturer, the preview of what comes next shows what Space
// will bring, not what is below.
if (new URLSearchParams(location.search).has("receiver")) {
  const showNext = (event) => {
    if (event.data !== '{"method":"next"}') return;
    event.stopImmediatePropagation();
    Reveal.right();
  };
  addEventListener("message", showNext, true);
}

// Out of as many as the lecture has; what hangs below the third is 3.1, 3.2, …
function depthNumber(slide = Reveal.getCurrentSlide()) {
  const { h, v } = Reveal.getIndices(slide);
  const columns = Reveal.getHorizontalSlides().length;
  return [v > 0 ? `${h + 1}.${v}` : h + 1, "/", columns];
}
