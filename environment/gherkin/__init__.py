"""From `.feature` files to accounted-for pytest items.

Where to look: `document` reads a file, `cases` expands it (mode by mode, row by row), `collector` makes pytest items,
`selection` understands `path.feature:42` and `-m`, `tags` turns tags into marks, `references` and `values` are the
typed words of a sentence, `vocabulary` lists the sentences that exist, `checks` finds what is wrong before anything
runs, `failure` prints failures for people, `accounting` proves that nothing got lost, `plugin` wires it into pytest.
"""
