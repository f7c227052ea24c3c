"""A product that counts what is on a shelf."""
