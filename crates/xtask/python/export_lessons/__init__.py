"""Makes the hand-outs: a site of pages, decks and PDFs that needs no network.

`cargo lab export` executes the lessons with `run_lessons`, then calls this as
`python -m export_lessons --executed DIR --site target/site NOTEBOOK …`.

# Layout, in reading order

- `handout`: what the site says about a lesson: title, minutes, question
- `order`: the order of the cells on a page and in a deck, where it is another
- `colours`: compiler messages, readable on paper
- `convert`: a notebook as page and as deck, by nbconvert and `templates/`
- `links`: what a page points at comes along, or is named as missing
- `chromium`: the browser on this machine, kept inside one directory
- `pdf`: decks printed
- `site`: the files of the site, and taking the place of the former one
- `cli`: arguments and exit codes

# The site

`index.html`, `notebooks/` with `NN-topic.html`, `.deck.html`, `.pdf` and
`.ipynb`, and beside it `pics/`, `styles/` as in the repository, so that the
relative links of the cells hold; `assets/` is what the templates need.
"""
