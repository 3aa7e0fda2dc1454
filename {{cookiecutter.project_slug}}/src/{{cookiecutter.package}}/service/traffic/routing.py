"""Which model of an endpoint a unit meets: the same one each time, in every process."""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

from ..statefile import Route

REMEMBERED = 10_000  # units: a few million bytes, and most come again


class Router:
    """Cuts an endpoint's units into a hundred slots and gives each route as many as its weight.

    The slots go to the routes in their order, so that a challenger, the last of them, keeps its units when
    its weight grows. Other models or another endpoint shuffle the units anew: no unit is always among the
    first to meet what is new, and the tests of two endpoints don't influence each other.
    """

    def __init__(self, endpoint: str, routes: Sequence[Route]) -> None:
        salt = "\n".join([endpoint, *(each.model for each in routes)])
        self._hash = blake2b(digest_size=8, key=blake2b(salt.encode()).digest())
        self._slots = [each.model for each in routes for _ in range(each.weight)]
        self.only = self._slots[0] if len(set(self._slots)) == 1 else None
        self.model = lru_cache(maxsize=REMEMBERED)(self._model)

    def _model(self, unit: str) -> str:
        """The model that a unit meets, as name@version."""
        salted = self._hash.copy()
        salted.update(unit.encode(errors="surrogatepass"))
        return self._slots[int.from_bytes(salted.digest(), "big") * 100 >> 64]
