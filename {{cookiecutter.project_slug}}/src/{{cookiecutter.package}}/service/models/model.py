"""A registered model that is loaded: the name and version by which it is asked for, and its bundle."""

from dataclasses import dataclass

from .bundle import Bundle
from .signature import Output, Signature


@dataclass(frozen=True)
class Model:
    """name: name@version."""

    name: str
    bundle: Bundle

    @property
    def version(self) -> str:
        return self.name.rpartition("@")[2]

    @property
    def signature(self) -> Signature:
        return self.bundle.signature

    @property
    def output(self) -> Output:
        return self.signature.outputs[0]

    @property
    def required(self) -> set[str]:
        """The inputs that it must have."""
        return {each.name for each in self.signature.inputs if not each.nullable}

    @property
    def answers(self) -> tuple[str, str, bool]:
        """Its task, the name of its output, and whether it labels: the same for all models of an endpoint."""
        return self.signature.task, self.output.name, self.signature.threshold is not None
