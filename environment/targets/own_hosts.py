"""Which hosts are the deployment's own, for tokens of its registry and for signatures of AWS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from environment.product.credential import Credential

_AMAZON = (".amazonaws.com", ".amazonaws.com.cn")


class Request(Protocol):
    """What has to be known of a request."""

    @property
    def authority(self) -> str:
        """Host and, if it was given, port."""


@dataclass(frozen=True)
class OwnHosts:
    """The authorities of a deployment.

    Attributes:
        web: catalog, registry and gateway: they may be sent a token of the registry.
        aws: the AWS endpoint of an embedded deployment, None for AWS itself: it is sent signatures, and no token.
        control: the control port of an embedded deployment.
    """

    web: frozenset[str]
    aws: str | None = None
    control: str | None = None

    def is_own(self, request: Request) -> bool:
        """Whether it went to the deployment at all."""
        return request.authority in self.web or request.authority == self.control or self._is_aws(request.authority)

    def takes(self, request: Request, presented: Credential | None) -> bool:
        """Whether what the request presents belongs where it went; nothing does not, for another host may find more."""
        if not self.is_own(request):
            return False
        if presented is Credential.TOKEN:
            return not self._is_aws(request.authority)
        return presented is not Credential.SIGNATURE or request.authority not in self.web

    def _is_aws(self, authority: str) -> bool:
        if self.aws is None:
            return authority.partition(":")[0].endswith(_AMAZON)
        return authority == self.aws or authority.endswith(f".{self.aws}")
