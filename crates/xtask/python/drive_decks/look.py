"""What a slide looks like, measured in the page that shows it."""

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT

from drive_decks.deck import Deck
from drive_decks.slides import Slide

FAMILIES = ("IBM Plex Sans", "IBM Plex Mono", "Noto Sans Symbols")
"""How the fonts of `styles/fonts` begin to call themselves; a weight follows."""

_SCRIPT = Path(__file__).with_name("look.js").read_text()
_CONTRAST = Path(__file__).with_name("contrast.js").read_text()
# What axe says about pictures and links. It builds a copy of the whole deck
# first, which takes a second, so slides without either are not shown to it; and
# its rule for contrast decides nothing where slides lie on each other.
_AXE = """async () => {
    const slide = document.querySelector("section.present > section.present");
    if (!slide.querySelector("img, svg, a[href]:not(.jp-InternalAnchorLink)")) return [];
    const rules = ["image-alt", "role-img-alt", "svg-img-alt", "link-name"];
    const result = await axe.run(slide, {runOnly: rules, resultTypes: ["violations"]});
    return result.violations.flatMap(violation => violation.nodes.map(node =>
        `${violation.help}: ${node.html.slice(0, 80)}`));
}"""
# One element for each character that no earlier slide has shown in its font.
_NEW_CHARACTERS = """() => {
    const seen = window.netlabSeen ||= new Set();
    const slide = document.querySelector("section.present > section.present");
    const walker = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
    document.querySelectorAll("[data-netlab]").forEach(
        e => e.removeAttribute("data-netlab"));
    let count = 0;
    while (walker.nextNode()) {
        const box = walker.currentNode.parentElement;
        if (box.closest("aside, .reveal-skip, style, .cm-panels")) continue;
        if (!box.getBoundingClientRect().height) continue;
        const {fontFamily, fontWeight, fontStyle} = getComputedStyle(box);
        const font = fontFamily + fontWeight + fontStyle;
        for (const sign of walker.currentNode.data) {
            if (!sign.trim() || seen.has(font + sign)) continue;
            seen.add(font + sign);
            if (!box.dataset.netlab) { box.dataset.netlab = ++count; }
        }
    }
    return count;
}"""


@dataclass(frozen=True)
class Finding:
    """Something that is wrong on a slide."""

    rule: str
    deck: str
    slide: str
    what: str

    def __str__(self) -> str:
        return f"{self.deck} {self.slide}: {self.what}"


@dataclass
class Look:
    """Measures slides and keeps what it found, in `findings.txt` as well."""

    screenshots: Path
    pictures: Path
    findings: list[Finding] = field(default_factory=list)
    _fonts: dict[str, float] = field(default_factory=dict)

    def prepare(self, deck: Deck) -> None:
        """Brings the measuring instruments into a page."""
        deck.page.evaluate(AXE_SCRIPT)
        folder = self.screenshots / deck.name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for file in self.pictures.glob("*.svg"):
            text = file.read_text()
            sizes = [float(s) for s in re.findall(r'font-size="([\d.]+)', text)]
            box = re.search(r'viewBox="0 0 ([\d.]+) ', text)
            if sizes and box:
                self._fonts[file.name] = min(sizes)
                self._fonts[f"{file.name} width"] = float(box[1])
        cells = deck.node.cells
        given: dict[str, Any] = {
            "sources": [{"id": cell.id, "source": cell.source} for cell in cells],
            "mustFail": [
                cell.id
                for cell in cells
                if "raises-exception" in cell.metadata.get("tags", [])
            ],
            "figureFonts": self._fonts,
        }
        deck.page.evaluate("given => { window.netlab = given; }", given)

    def at(self, deck: Deck, slide: Slide, when: str) -> None:
        """Measures the slide that is shown; `when` is part of what is said."""
        for rule, what in deck.page.evaluate(_SCRIPT, when == "after the run"):
            size = deck.page.viewport_size
            assert size is not None
            self._add(rule, deck, slide, f"{what} ({size['width']} wide, {when})")

    def photograph(self, deck: Deck, slide: Slide, scheme: str) -> None:
        """Takes a picture of the slide that is shown, and checks its colours."""
        number = deck.slides.index(slide) + 1
        suffix = "" if scheme == "light" else f"-{scheme}"
        file = self.screenshots / deck.name / f"{number:03}{suffix}.png"
        deck.page.screenshot(path=file)
        for what in deck.page.evaluate(_CONTRAST):
            self._add("contrast", deck, slide, f"{scheme}: {what}")
        # These do not depend on the colours.
        if scheme == "light":
            for what in deck.page.evaluate(_AXE):
                self._add("image", deck, slide, what)
            self._check_fonts(deck, slide)

    def of(self, rule: str) -> list[str]:
        """What was found under a rule, each thing once."""
        found = (str(finding) for finding in self.findings if finding.rule == rule)
        return list(dict.fromkeys(found))

    def _check_fonts(self, deck: Deck, slide: Slide) -> None:
        count = deck.page.evaluate(_NEW_CHARACTERS)
        if not count:
            return
        devtools = deck.page.context.new_cdp_session(deck.page)
        devtools.send("DOM.enable")
        devtools.send("CSS.enable")
        root = devtools.send("DOM.getDocument")["root"]["nodeId"]
        for number in range(1, count + 1):
            query = {"nodeId": root, "selector": f'[data-netlab="{number}"]'}
            node = devtools.send("DOM.querySelector", query)["nodeId"]
            used = devtools.send("CSS.getPlatformFontsForNode", {"nodeId": node})
            for font in used["fonts"]:
                if not font["familyName"].startswith(FAMILIES):
                    text = deck.page.locator(f'[data-netlab="{number}"]').text_content()
                    self._add(
                        "font",
                        deck,
                        slide,
                        f"{font['familyName']} in «{(text or '').strip()[:60]}»",
                    )
        devtools.detach()

    def _add(self, rule: str, deck: Deck, slide: Slide, what: str) -> None:
        finding = Finding(rule, deck.name, str(slide), what)
        self.findings.append(finding)
        with (self.screenshots / deck.name / "findings.txt").open("a") as file:
            file.write(f"{rule}: {finding}\n")
