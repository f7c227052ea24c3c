"""Where scenarios run: settings, targets, personas, observers, evidence, undo, the pytest plugin."""
