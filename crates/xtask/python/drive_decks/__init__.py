"""Drives JupyterLab and the decks in a real browser.

| module | what it answers for |
|---|---|
| `chromium` | the browser of this machine |
| `lab_server` | a JupyterLab of its own, that writes nothing into the repository |
| `slides` | which cells make which slide |
| `deck` | a deck in a page: going to a slide, running a cell |
| `look` | what a slide looks like, measured |
| `visit` | a walk through all slides of a lesson, server and client in step |
"""
