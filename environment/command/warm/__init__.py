"""The warm process: has imported the libraries that a run imports, and forks a child for each run.

`server` is the program, `libraries` what it imported and whether a fresh process would import the same, `child` what
makes a fork of it a run's process, `messages` what is said to it, `process` what the commands see of it.

It imports neither the product nor anything of this project but this package, which a child forgets: a child imports
both anew, so that neither can be out of date. It has one thread when it forks.
"""
