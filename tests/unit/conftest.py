"""Generated tests take as long as they take: the machine is shared, and speed is measured elsewhere."""

from hypothesis import settings

settings.register_profile("aspa", deadline=None)
settings.load_profile("aspa")
