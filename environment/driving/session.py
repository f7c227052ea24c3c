"""What a persona does with the product: sign in, and call QuiltOps and AdminOps under their own identity."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from environment.driving.operations import Operations
from environment.driving.server_verbs import ServerOperations
from environment.errors import SuiteError
from environment.product.outcome import Outcome, all_outcomes, last_outcome

if TYPE_CHECKING:
    from environment.driving.account import Account
    from environment.modes import Mode
    from environment.people.personas import Persona
    from environment.product.mcp_server.conversation import Conversation
    from environment.product.mcp_server.servers import Servers
    from environment.targets.target import Target


class Activate(Protocol):
    """Makes a session the active one of the process; ``anew`` also when it is active already."""

    def __call__(self, session: Session, *, anew: bool = False) -> None:
        """Make the session active."""


class Session(ABC):
    """A persona's session in one mode.

    Only one session of a process is active at a time, because the product keeps its session per process; ``activate``
    is given by the stage and makes this one the active one.

    Attributes:
        persona: who acts.
        account: the registry's user with whom the persona signs in.
        name: the persona as features name them in this mode ("Dana", "Dana in the other mode").
        registry_taken: what the persona takes for the registry of every package, instead of what is; None: nothing.
        signed_in: whether the persona has presented a token, whatever it was worth.
        ops: QuiltOps, each method looked up (and the session opened) when it is called. Asked for, it signs in
            a persona of the cast of whom the scenario has not said how they are signed in.
        admin: AdminOps, in the same way.
    """

    mode: Mode

    def __init__(self, persona: Persona, account: Account, target: Target, activate: Activate, name: str) -> None:
        self.persona = persona
        self.name = name
        self.target = target
        self.account = account
        self.signed_in = False
        self.registry_taken: str | None = None
        self._activate = activate
        self._backend: Any = None
        self._server: ServerOperations | None = None
        self._opening = threading.Lock()
        self._is_settled = not persona.account  # newcomers sign in where a sentence says so
        self._ops: Any
        self._admin: Any
        self.work_directly()

    @property
    def ops(self) -> Any:
        """QuiltOps, as said above."""
        self.settle()
        return self._ops

    @property
    def admin(self) -> Any:
        """AdminOps, as said above."""
        self.settle()
        return self._admin

    def settle(self) -> None:
        """Sign in as usual if the scenario has not said how the persona is signed in."""
        if not self._is_settled:
            self._is_settled = True
            self.be_signed_in()

    def introduce(self, description: str) -> None:
        """Check how a feature describes the persona; the sentence that does says how they are signed in.

        Raises:
            SuiteError: if the persona is somebody else.
        """
        if description != self.persona.description:
            raise SuiteError(
                f"Read '{self.persona.name}, {description}'",
                f"{self.persona.name} is {self.persona.description}",
                "Name another persona or describe this one so",
            )
        self._is_settled = True

    @property
    def user_name(self) -> str:
        """The registry's name for the persona's user."""
        return self.account.user_name

    @property
    def registry(self) -> str:
        """The package registry of the deployment, ``s3://bucket``, or what the persona takes for it."""
        return self.registry_of(self.target.registry)

    def registry_of(self, registry: str) -> str:
        """What the persona names as the registry of a package that lies in this one."""
        return registry if self.registry_taken is None else self.registry_taken

    def sign_in(self) -> None:
        """Sign in as the persona's user would; replaces an earlier sign-in.

        Raises:
            Exception: whatever the product's libraries raise when they are refused.
        """
        self._is_settled = True
        self.use_token(self.account.token())

    def be_signed_in(self) -> None:
        """Have signed in, where the scenario is not about that; leaves what `sign_in` leaves."""
        self.sign_in()

    def prepare(self) -> None:
        """Make this session the active one, before threads act in it together."""
        self.settle()
        self._activate(self)

    def request(self) -> Any:
        """QuiltOps as one request meets it; call it in the thread that serves the request.

        A process of local mode serves one user: that is `ops`.
        """
        return self.ops

    def last_outcome(self, *operations: str) -> Outcome:
        """What came of the persona's last call in a Given or When; of one of these operations, if any are named.

        Raises:
            SuiteError: if the persona called none.
        """
        return last_outcome(self.name, *operations)

    def outcomes(self, *operations: str) -> list[Outcome]:
        """What came of each of the persona's calls of these operations in a Given or When, in their order."""
        return all_outcomes(self.name, *operations)

    def work_through(self, servers: Servers, *, by_default: bool = False) -> None:
        """Let the product's own server do what QuiltOps did so far; it is started with the first thing to do.

        Raises:
            SuiteError: in this mode no server has its default settings.
        """
        if by_default:
            self.take_default_server()
        self._server = self._ops = self._admin = ServerOperations(self, servers)

    def work_directly(self) -> None:
        """Use QuiltOps and AdminOps themselves, as everybody does at first."""
        self._server = None
        self._ops = Operations(self._open, self.name, "QuiltOps", self)
        self._admin = Operations(lambda: self._open().admin, self.name, "AdminOps", self)

    @property
    def server(self) -> ServerOperations:
        """The server through which the persona works, for what only a server can do.

        Raises:
            SuiteError: the persona works with QuiltOps itself.
        """
        self.settle()
        if self._server is None:
            raise SuiteError(
                f"Looked for the MCP server of {self.name}",
                f"{self.name} works without one",
                f'Say "{self.name} works through the MCP server" before',
            )
        return self._server

    @abstractmethod
    def take_default_server(self) -> None:
        """Let the server have its default settings from now on.

        Raises:
            SuiteError: in this mode no server has.
        """

    def sign_in_on_the_server(self) -> None:
        """Sign in with quilt3 on the machine of the server, as whoever set it up may have done.

        Raises:
            SuiteError: in this mode nobody shares a server.
        """
        raise SuiteError(
            "Looked for the machine of a shared server",
            "in local mode everybody works on their own machine",
            "Tag the scenario @multiuser_mode",
        )

    @abstractmethod
    def converse(self, servers: Servers) -> Conversation:
        """A conversation with a server of this mode, as this persona; the same one until the token changes.

        Raises:
            ServerFault: it does not start, or does not let the persona in.
        """

    @abstractmethod
    def start_server(self, servers: Servers, changed: Mapping[str, str]) -> None:
        """Start a server of this mode with some settings changed, an empty one taken away, and end it.

        Raises:
            ServerFault: it does not start, or does not speak MCP.
        """

    @abstractmethod
    def use_token(self, token: str) -> None:
        """Sign in with this token, whatever it is worth."""

    @abstractmethod
    def enter(self) -> None:
        """Set the process up so that the product finds this persona's session, signed in or not."""

    @abstractmethod
    def leave(self) -> None:
        """Take down what ``enter`` set up."""

    def _open(self) -> Any:
        from quilt_mcp.ops.factory import QuiltOpsFactory

        self._activate(self)
        with self._opening:
            if self._backend is None:
                self._backend = QuiltOpsFactory.create()
            return self._backend

    def reopen(self) -> None:
        """Let the next call build a new backend, as a new process would."""
        self._backend = None

    def __repr__(self) -> str:
        return self.name
