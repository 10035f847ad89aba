// Text whose contrast with its ground is below 4.5 : 1, as [ratio, text].
//
// axe leaves every text of a deck undecided, because reveal.js stacks its
// slides on each other. The ground of a text is the nearest opaque one around
// it, and on the open sky the end of the gradient where text is hardest to read.
() => {
  const LEAST = 4.5;
  const slide = document.querySelector("section.present > section.present");
  const canvas = document.createElement("canvas").getContext("2d");
  const channels = colour => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const probe = document.createElement("i");
  probe.style.color = "var(--netlab-sky)";
  slide.append(probe);
  const sky = getComputedStyle(probe).color;
  probe.remove();
  const ground = e => {
    for (; e && e !== slide && !e.matches(".reveal"); e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (channels(colour)[3] === 255) return colour;
    }
    return sky;
  };
  const light = colour => {
    const [r, g, b] = channels(colour).map(value => value / 255).map(value =>
      value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = new Map();
  const texts = function* (roots) {
    for (const root of roots) {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) yield walker.currentNode;
    }
  };
  // The row at the foot of a slide stands on the sky as well.
  const foot = document.querySelectorAll("#netlab-depth, #rise-footer, .slide-number");
  for (const node of texts([slide, ...foot])) {
    const box = node.parentElement, text = node.data.trim();
    if (!text || box.closest("aside, .reveal-skip, style")) continue;
    if (!box.checkVisibility()) continue;
    const style = getComputedStyle(box);
    const ink = box.ownerSVGElement ? style.fill : style.color;
    const [a, b] = [light(ink), light(ground(box))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < LEAST) found.set(`${ink} on ${ground(box)}`,
      [ratio.toFixed(2), text.slice(0, 40)]);
  }
  return [...found].map(([colours, [ratio, text]]) => `${ratio}, ${colours}: ${text}`);
}
