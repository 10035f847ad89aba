// Starts the deck. The keys are those of the lab's slides: T opens the notes.
const printing = /print-pdf/i.test(window.location.search);
const WIDTH = 1280;
const HEIGHT = 720;
const SMALLEST_SCALE = 0.7;
const title = document.body.dataset.title;

document.documentElement.style.setProperty("--slide-title", JSON.stringify(title));

const footer = document.createElement("div");
footer.className = "deck-title";
footer.textContent = title;
document.querySelector(".reveal").append(footer);

if (printing) {
  // A PDF would turn them into addresses on the machine that printed it.
  for (const link of document.querySelectorAll(".slides a[href]")) {
    if (!/^https?:/.test(link.getAttribute("href"))) link.removeAttribute("href");
  }
}

// A slide that is a few lines too high for its page is drawn smaller there; one
// with a long output goes on on the next.
function fitPages() {
  for (const page of document.querySelectorAll(".pdf-page")) {
    const slide = page.querySelector("section");
    const scale = (HEIGHT - 2) / slide.scrollHeight;
    if (scale >= 1 || scale < SMALLEST_SCALE) continue;
    slide.style.zoom = scale;
    slide.style.width = `${WIDTH / scale}px`;
    page.style.height = `${HEIGHT - 1}px`;
  }
  document.body.dataset.printable = "";
}

Reveal.on("pdf-ready", fitPages);

Reveal.initialize({
  width: WIDTH,
  height: HEIGHT,
  margin: 0,
  minScale: 0.1,
  maxScale: 4,
  center: false,
  display: "flex",
  hash: true,
  // A phone shows the slides too, instead of all of them one below the other.
  scrollActivationWidth: null,
  slideNumber: printing || depthNumber,
  transition: "none",
  pdfSeparateFragments: false,
  plugins: [RevealNotes],
  keyboard: { ...depthKeys, 84: () => Reveal.getPlugin("notes").open() },
});
