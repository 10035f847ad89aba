"""Makes the hand-outs: a site of pages, decks and PDFs that needs no network.

`cargo lab export` executes the lessons with `run_lessons`, then calls this as
`python -m export_lessons --executed DIR --site target/site NOTEBOOK …`.

# Layout, in reading order

- `handout`: what the site says about a lesson: title, minutes, question
- `order`: the cells as a page and a deck show them: in which order, on which
  track
- `colours`: compiler messages, readable on paper
- `notes`: the notes of a deck, as the window of the lecturer shows them
- `convert`: a notebook as page and as deck, by nbconvert and `templates/`
- `links`: what a page points at comes along, or is named as missing
- `chromium`: the browser on this machine, kept inside one directory
- `pdf`: decks printed
- `site`: the files of the site, and taking the place of the former one
- `cli`: arguments and exit codes

# Core and extra

In a deck the lecture goes to the right and extras hang below (`static/depth.js`
has the mark and the keys); a page marks them, a PDF has them in order.
What a notebook folds (`<details>`: notes, their answers, the original in
Python) stays folded on a page; a deck opens the notes for the lecturer.

# The site

`index.html`, `notebooks/` with `NN-topic.html`, `.deck.html`, `.pdf` and
`.ipynb`, and beside it `pics/`, `styles/` as in the repository, so that the
relative links of the cells hold; `assets/` is what the templates need.
"""
