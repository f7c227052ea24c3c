"""The product's own server process, as people's assistants use it, and the Model Context Protocol spoken with it."""
