"""The AWS side of an embedded deployment: moto's WSGI application on cheroot, with repairs that Quilt's clients need.

Only this package may import moto. ``cloud.Cloud`` is its only entrance; ``repairs`` lists what is changed in moto.
"""
