"""The language server of Cucumber, for editors that speak its protocol, and what npm needs to install it."""
