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
  const folded = cell => cell.querySelector(".netlab-python") !== null;
  const overflows = (e, side) => side === "x"
    ? e.scrollWidth > e.clientWidth + SLACK
    : e.scrollHeight > e.clientHeight + SLACK;
  const texts = root => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const all = [];
    while (walker.nextNode()) {
      const node = walker.currentNode, box = node.parentElement;
      if (node.data.trim() && box.checkVisibility()) all.push(box);
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
      if (size(e) < (e.closest("pre") ? Math.min(CODE, least) : least) - 0.05) {
        return say("font size", `${what} at ${size(e).toFixed(1)} px: ` +
          e.textContent.trim().slice(0, 30));
      }
    }
  };

  if (!slide) return [["overflow", "no slide is shown"]];
  // Around the slides: no bar at the edge of the screen, nothing higher than it.
  for (const e of document.querySelectorAll(
    ":root, body, body :not(aside, section, section *, svg *)")) {
    if (!e.checkVisibility()) continue;
    const name = e.id || e.classList[1] || e.classList[0] || e.tagName;
    const scrolls = /auto|scroll/.test(getComputedStyle(e).overflowY);
    if (scrolls && overflows(e, "y")) say("overflow", `${name} has a scroll bar`);
    if (e.getBoundingClientRect().bottom > innerHeight + SLACK) {
      say("overflow", `${name} is higher than the window`);
    }
  }
  for (const title of slide.querySelectorAll("h1, h2, h3")) {
    if (!visible(title)) continue;
    const range = document.createRange();
    range.selectNodeContents(title);
    for (const {x, y, width, height} of range.getClientRects()) {
      for (const part of [0.05, 0.5, 0.95]) {
        const top = document.elementFromPoint(x + part * width, y + height / 2);
        if (!title.contains(top)) {
          say("overflow", `${top?.className} lies over «${title.textContent.replace("¶", "")}»`);
        }
      }
    }
  }
  if (overflows(slide, "y") || overflows(slide, "x")) {
    say("overflow", `the slide is ${slide.scrollHeight} px high, ` +
      `${slide.clientHeight} fit`);
  }
  for (const cell of slide.querySelectorAll(".jp-Cell")) {
    if (!visible(cell)) continue;
    const box = cell.getBoundingClientRect(), who = name(cell);
    if (folded(cell)) {
      sizes(cell, OUTPUT, `the fold of ${who}`);
      continue;
    }
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
      const file = new URL(image.src).pathname.split("/").pop();
      const own = figureFonts[file];
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
    const left = code.closest(".jp-Editor").getBoundingClientRect().left;
    for (const output of shown) {
      sizes(output, OUTPUT, `output of ${who}`);
      const off = output.getBoundingClientRect().left - left;
      if (Math.abs(off) > SLACK) {
        say("edge", `output of ${who} begins ${Math.round(off)} px beside its code`);
      }
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

  // What stands in the row at the foot: never on each other, readable.
  const foot = ["#rise-footer", ".slide-number", "#netlab-depth",
    ".jp-Toolbar [data-jp-item-name=interrupt]", ".netlab-python summary"]
    .flatMap(query => [...(query.startsWith(".netlab") ? slide : document)
      .querySelectorAll(query)].map(e => [query, e]))
    .filter(([, e]) => e.checkVisibility());
  for (const [i, [one, a]] of foot.entries()) {
    if (texts(a).length) sizes(a, OUTPUT, one);
    for (const [other, b] of foot.slice(i + 1)) {
      const p = a.getBoundingClientRect(), q = b.getBoundingClientRect();
      if (p.left < q.right && q.left < p.right && p.top < q.bottom && q.top < p.bottom) {
        say("overflow", `${one} and ${other} lie on each other`);
      }
    }
  }
  const more = document.querySelector("#netlab-depth");
  const extras = slide.parentElement.children.length - 1;
  if ((extras > 0) !== (more !== null && more.checkVisibility())) {
    say("mark", `${extras} slides are below, and the mark says «${more?.textContent}»`);
  }
  return found;
}
