"""The vocabulary: one module per noun of the domain; a step body is one or two lines."""
