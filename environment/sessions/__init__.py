"""Sessions of personas with the product: one class per mode, isolated from each other and from the machine's user."""
