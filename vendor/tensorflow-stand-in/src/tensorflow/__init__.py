"""A stand-in for TensorFlow: enough of its names for Rasa to be imported, nothing that computes.

Rasa imports TensorFlow at module level for its neural components, which Aspa does not use. Every name asked for
here is a class that may be subclassed, annotated with and used as a decorator, but raises `NeedsTensorFlow`
when something tries to work with it.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from types import ModuleType
from typing import Any

ROOTS = ("tensorflow", "keras", "tensorflow_hub", "tensorflow_text")
HELP = (
    "this installation has no TensorFlow, and {name} needs it. Use components that do not (see config.yml), "
    "or install the real TensorFlow in place of the package tensorflow-stand-in."
)


class NeedsTensorFlow(ImportError):
    """Something that is configured really needs TensorFlow; the message names it."""


class _StandInType(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _stand_in(f"{cls.__qualname__}.{name}")

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls.__dict__.get("_is_stand_in"):
            if len(args) == 1 and not kwargs and callable(args[0]):
                return args[0]  # used as a decorator, like @tf.function
            if not args:
                return lambda decorated: decorated  # @tf.function(option=...)
        raise NeedsTensorFlow(HELP.format(name=cls.__qualname__))


def _stand_in(name: str) -> type:
    return _StandInType(name, (), {"_is_stand_in": True})


class _StandInModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _stand_in(f"{self.__name__}.{name}")
        setattr(self, name, made)
        return made


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds every submodule of the roots, however deep."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        if fullname.partition(".")[0] not in ROOTS or "." not in fullname:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: Any) -> ModuleType:
        return _StandInModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


def stand_in_module(name: str) -> None:
    """Give the imported module of that name the answers of a stand-in."""
    sys.modules[name].__class__ = _StandInModule


__version__ = "0.0.0+stand.in"
stand_in_module(__name__)
sys.meta_path.insert(0, _Finder())
