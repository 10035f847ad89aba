"""What a page points at comes along, or is named as missing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

_CELLS = "main, .slides"
_LOADED = (("img", "src"), ("source", "src"), ("video", "src"), ("iframe", "src"))


@dataclass
class Links:
    """Settles the links of one page after the other."""

    repository: Path
    pages: Iterable[str]
    """The stems of the notebooks that have a page in this site."""
    files: set[Path] = field(default_factory=set)
    """What must be copied, from the root of the repository."""
    problems: list[str] = field(default_factory=list)

    def settle(self, soup: BeautifulSoup, notebook: Path) -> None:
        """Makes the links of the cells hold in the site.

        A notebook becomes its page; another file of the repository is copied
        to the same place. A picture from the network would need the network:
        it is a problem, as is a file that is not there.
        """
        for root in soup.select(_CELLS):
            for name, attribute in (*_LOADED, ("a", "href")):
                for element in root.find_all(name, attrs={attribute: True}):
                    self._settle(element, attribute, notebook)

    def _settle(self, element: Tag, attribute: str, notebook: Path) -> None:
        address = str(element[attribute])
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            if element.name != "a" and parts.scheme != "data":
                self.problems.append(f"{notebook.name} loads {address}")
            return
        if not parts.path:
            return
        target = (notebook.parent / unquote(parts.path)).resolve()
        if target.parent == notebook.parent.resolve() and self._is_page(target):
            element[attribute] = parts._replace(path=f"{target.stem}.html").geturl()
        elif target.is_file() and target.is_relative_to(self.repository):
            self.files.add(target.relative_to(self.repository))
        else:
            self.problems.append(f"{notebook.name} points at {address}: no such file")

    def _is_page(self, target: Path) -> bool:
        return target.suffix == ".ipynb" and target.stem in self.pages
