"""The reference data of the suite: eight datasets that come out the same, byte for byte, on every machine."""
