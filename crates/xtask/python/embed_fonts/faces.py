"""Which file of `styles/fonts` stands for which attributes."""

from dataclasses import dataclass

SYMBOLS = "NotoSansSymbols2-subset.woff2"
"""Has signs that the faces lack: ■ ✗ ▲ and the like."""

_WEIGHTS = {"normal": "400", "bold": "700"}


@dataclass(frozen=True)
class Face:
    """A font as a figure asks for it."""

    family: str
    weight: str
    """As in `@font-face`: a weight, or the first and the last of a range."""
    style: str
    file: str

    def __str__(self) -> str:
        return f"{self.family} {self.weight} {self.style}"


FACES = (
    Face("netlab sans", "400", "normal", "IBMPlexSans-Regular.woff2"),
    Face("netlab sans", "400", "italic", "IBMPlexSans-Italic.woff2"),
    Face("netlab sans", "600 700", "normal", "IBMPlexSans-SemiBold.woff2"),
    Face("netlab mono", "400", "normal", "IBMPlexMono-Regular.woff2"),
    Face("netlab mono", "600 700", "normal", "IBMPlexMono-SemiBold.woff2"),
)
"""The same as in `styles/fonts.css`."""


def face_of(families: str, weight: str, style: str) -> Face | None:
    """The face that these values of the attributes choose."""
    first = families.split(",")[0].strip(" '\"")
    weight = _WEIGHTS.get(weight, weight)
    for face in FACES:
        if (face.family, face.style) == (first, style) and (
            weight in face.weight.split()
        ):
            return face
    return None
