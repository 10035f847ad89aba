"""Puts the letters that a figure uses into the figure.

An SVG in an `<img>` can load nothing: without letters of its own it is shown in
whatever font the machine has. After a change of its text:

    PYTHONPATH=crates/xtask/python .lab/venv/bin/python -m embed_fonts pics/*.svg

# Layout, in reading order

- `faces`: which file of `styles/fonts` stands for which attributes
- `figure`: which characters a figure shows in which face
- `letters`: a font with these characters and no others
- `style`: the style sheet that carries them, at the end of the figure
- `cli`: arguments and exit codes

# Limits

Fonts are set by the attributes `font-family`, `font-weight` and `font-style`
alone; style sheets that set them are refused. The family is called `netlab …`
because a modified font may not bear the name Plex; the Plex of the machine comes
second in the list.
"""
