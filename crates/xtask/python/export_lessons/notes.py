"""The notes of a deck, as the window of the lecturer shows them."""

from bs4 import BeautifulSoup, Tag

_ANSWER = "border-left: 3px solid #888; margin: 0.2em 0; padding-left: 0.6em"
_ANSWER_HEAD = "font-size: 0.8em; list-style: none; opacity: 0.75"


def unfold_notes(soup: BeautifulSoup) -> None:
    """The window of the lecturer shows the notes and their answers at once.

    In the notebook they are folded, out of the student's way. No style sheet
    of ours is in that window: the style of an element is.
    """
    for notes in soup.select("aside.notes details.netlab-notes"):
        if (summary := _summary(notes)) is not None:
            summary.decompose()
        notes.unwrap()
    for answer in soup.select("aside.notes details"):
        answer["open"] = ""
        answer["style"] = _ANSWER
        if (summary := _summary(answer)) is not None:
            summary["style"] = _ANSWER_HEAD


def _summary(details: Tag) -> Tag | None:
    found = details.find("summary", recursive=False)
    return found if isinstance(found, Tag) else None
