// Starts the deck. The keys are those of the lab's slides: T opens the notes.
const printing = /print-pdf/i.test(window.location.search);
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

Reveal.initialize({
  width: 1280,
  height: 720,
  margin: 0,
  minScale: 0.1,
  maxScale: 4,
  center: false,
  display: "flex",
  hash: true,
  // A phone shows the slides too, instead of all of them one below the other.
  scrollActivationWidth: null,
  slideNumber: printing ? "c" : "c/t",
  transition: "none",
  pdfSeparateFragments: false,
  plugins: [RevealNotes],
  keyboard: { 84: () => Reveal.getPlugin("notes").open() },
});
