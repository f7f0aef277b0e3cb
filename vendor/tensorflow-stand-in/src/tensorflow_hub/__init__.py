"""A stand-in; see the package tensorflow beside it."""

from tensorflow import stand_in_module

stand_in_module(__name__)
