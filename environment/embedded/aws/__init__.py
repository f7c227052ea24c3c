"""AWS as the deployment offers it: moto behind a server of our own, with repairs for what moto gets wrong."""
