"""The live target rehearsed without AWS: an environment stood up by the README, on the embedded deployment."""
