"""A whole stack: its parts put together and served, the catalog's own pages, and the port that controls it."""
