// What is wrong with the slide that is shown, as [rule, what] pairs.
after => {
  const {sources, mustFail, figureFonts} = window.netlab;
  const CODE = 20, OUTPUT = 18, TEXT = 24, SLACK = 1;
  const found = [];
  const say = (rule, what) => found.push([rule, what]);
  const cells = [...document.querySelectorAll(".jp-Cell")];
  const slide = document.querySelector("section.present > section.present");
  const height = Math.min(...[...document.querySelectorAll(
    "#rise-footer, .slide-number")].map(e => e.getBoundingClientRect().top));
  const name = cell => sources[cells.indexOf(cell)].id;
  const visible = e => !e.closest("aside, .reveal-skip") &&
    e.getBoundingClientRect().height > 0;
  const overflows = (e, side) => side === "x"
    ? e.scrollWidth > e.clientWidth + SLACK
    : e.scrollHeight > e.clientHeight + SLACK;
  const texts = root => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const all = [];
    while (walker.nextNode()) {
      const node = walker.currentNode, box = node.parentElement;
      if (node.data.trim() && box.getBoundingClientRect().height) all.push(box);
    }
    return all;
  };
  // The size on the screen: a drawing may be shown larger than it was drawn.
  const size = e => {
    const drawn = parseFloat(getComputedStyle(e).fontSize);
    const matrix = e.ownerSVGElement ? e.getScreenCTM() : null;
    return drawn * (matrix ? Math.hypot(matrix.a, matrix.b) : 1);
  };
  const sizes = (root, least, what) => {
    for (const e of new Set(texts(root))) {
      if (size(e) < least - 0.05) {
        return say("font size", `${what} at ${size(e).toFixed(1)} px: ` +
          e.textContent.trim().slice(0, 30));
      }
    }
  };

  if (!slide) return [["overflow", "no slide is shown"]];
  if (overflows(slide, "y") || overflows(slide, "x")) {
    say("overflow", `the slide is ${slide.scrollHeight} px high, ` +
      `${slide.clientHeight} fit`);
  }
  for (const cell of slide.querySelectorAll(".jp-Cell")) {
    if (!visible(cell)) continue;
    const box = cell.getBoundingClientRect(), who = name(cell);
    if (box.bottom > height + SLACK) {
      say("overflow", `${who} ends ${Math.round(box.bottom - height)} px ` +
        "below the footer's edge");
    }
    if (box.right > innerWidth + SLACK) say("overflow", `${who} is too wide`);
    for (const text of cell.querySelectorAll(".jp-MarkdownOutput")) {
      if (overflows(text, "x") || overflows(text, "y")) {
        say("overflow", `the text of ${who} is cut`);
      }
      sizes(text, TEXT, `text of ${who}`);
    }
    for (const image of cell.querySelectorAll("img")) {
      const file = image.src.split("/").pop(), own = figureFonts[file];
      if (!image.naturalWidth) say("image", `${file} is not shown`);
      if (!image.alt.trim()) say("image", `${file} has no alt text`);
      const fit = Math.min(image.clientWidth / image.naturalWidth,
        image.clientHeight / image.naturalHeight);
      const least = own * fit * image.naturalWidth /
        figureFonts[`${file} width`];
      if (own && least < OUTPUT - 0.05) {
        say("font size", `${file} shows text at ${least.toFixed(1)} px`);
      }
    }
    const code = cell.querySelector(".cm-content");
    if (!cell.classList.contains("jp-CodeCell") || !code) continue;
    const lines = [...code.querySelectorAll(".cm-line")].map(l => l.textContent);
    if (lines.join("\n") !== sources[cells.indexOf(cell)].source) {
      say("blank editor", `${who} shows ${lines.length} lines: ` +
        lines.join(" ").slice(0, 60));
    }
    sizes(code, CODE, `code of ${who}`);
    const scroller = cell.querySelector(".cm-scroller");
    if (overflows(scroller, "x")) say("overflow", `code of ${who} is too wide`);
    const area = cell.querySelector(".jp-Cell-outputArea");
    const shown = [...cell.querySelectorAll(".jp-OutputArea-output")]
      .filter(output => output.getBoundingClientRect().height);
    for (const output of shown) {
      sizes(output, OUTPUT, `output of ${who}`);
      const wide = [...output.querySelectorAll("svg, table, pre, img")].some(
        e => e.getBoundingClientRect().right >
          output.getBoundingClientRect().right + SLACK);
      // A tree of many processes keeps its size and scrolls.
      const rule = output.querySelector("svg") ? "scrolls" : "overflow";
      if (overflows(output, "x") || wide) {
        say(rule, `output of ${who} is too wide`);
      }
    }
    if (after && shown.length && overflows(area, "y")) {
      const lines = area.clientHeight / (OUTPUT * 1.3 * innerHeight / 720);
      const much = `${who} shows ${lines.toFixed(1)} lines, ` +
        `${area.scrollHeight - area.clientHeight} px are below`;
      if (mustFail.includes(who)) say("error", much);
      else if (lines < 4) say("output", much);
      else say("scrolls", much);
    }
  }
  return found;
}
