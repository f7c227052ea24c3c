"""State in a file: objects as data, and the file that holds them."""
