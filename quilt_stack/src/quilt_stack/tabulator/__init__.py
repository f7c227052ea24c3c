"""Tabulator: tables over the files of packages, queried through Athena (registry facts 9).

`configuration` reads a table's YAML, `patterns` its regular expressions, `matching` finds the files in the latest
revisions of the packages that match, `files` reads them, and `catalog` shows it all to Athena as a data catalog.
"""
