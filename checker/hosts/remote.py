"""Any code host that speaks git over HTTPS: `git ls-remote` to probe, shallow partial fetches to check out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from checker.core.errors import CheckerError, HostRefusal, NetworkFailure, StorageFailure, TooLarge
from checker.core.values.repositories import Availability, Checkout, Probe, RepositoryId, Target
from checker.hosts.answers import NO_SPACE, UNSUPPORTED_OBJECT, Answer, clean_message, judge
from checker.hosts.git.checkout import check_out
from checker.hosts.git.command import Command, Done, Git
from checker.hosts.git.objects import Objects
from checker.hosts.git.origin import Brought
from checker.hosts.git.refs import Refs, parse
from checker.hosts.limits import CloneLimits
from checker.hosts.retry import ask_with_retries
from checker.hosts.urls import check_public, check_repository, follow_redirect, make_path

MAX_REDIRECTS = 5
FULL_IDS = (40, 64)

#: Commits of further history asked for at each step; None: all, up to the limits.
DEEPEN = (50, 500, None)

ALL_REFS = ("+refs/heads/*:refs/brought/heads/*", "+refs/tags/*:refs/brought/tags/*")


@dataclass(frozen=True)
class Asked:
    """What a host answered in the end, and at which address."""

    done: Done
    answer: Answer
    url: str

    @property
    def ok(self) -> bool:
        """Whether git did what it was asked to."""
        return self.answer.availability is Availability.AVAILABLE


@dataclass(frozen=True)
class RemoteHost:
    """Asks hosts with git; `urls` gives the address to use for a host (`https://HOST` by default).

    `allowed` names the only hosts that are asked, submodules included; None means every public one. `timeout`
    bounds one question, `max_wait` all the waiting for a host that limits our rate or fails; both in seconds.
    """

    git: Git
    urls: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 30
    max_wait: float = 60
    limits: CloneLimits = field(default_factory=CloneLimits)
    allowed: frozenset[str] | None = None

    @classmethod
    def create(
        cls,
        urls: Mapping[str, str] | None = None,
        timeout: float = 30,
        max_wait: float = 60,
        limits: CloneLimits | None = None,
        settings: Mapping[str, str] | None = None,
        *,
        allowed: frozenset[str] | None = None,
    ) -> RemoteHost:
        """Make a host that may use https, and http only where `urls` says so."""
        urls = urls or {}
        schemes = ("https", *sorted({urlsplit(u).scheme for u in urls.values()} & {"http"}))
        git = Git(protocols=schemes, stalled=timeout, settings=settings or {})
        return cls(git, urls, timeout, max_wait, limits or CloneLimits(), allowed)

    # ------------------------------------------------------------ probing

    def probe(self, repository: RepositoryId) -> Probe:
        """Tell whether a repository answers to `git ls-remote`; never raises for an answer."""
        try:
            asked = self.ask(repository, "ls-remote", "--symref")
        except HostRefusal as error:
            return _make_probe(repository, Availability.NOT_A_REPOSITORY, str(error))
        except CheckerError as error:
            return _make_probe(repository, Availability.UNREACHABLE, str(error))
        if not asked.ok:
            return _make_probe(repository, asked.answer.availability, asked.answer.detail)
        refs, there = parse(asked.done.text), self.repository_at(asked.url, repository.host)
        moved = there if there.key != repository.key else None
        availability = Availability.MOVED if moved else Availability.AVAILABLE
        detail = f"moved to {moved}" if moved else f"{len(refs.names)} branches and tags"
        return Probe(
            repository=repository,
            availability=Availability.EMPTY if refs.empty else availability,
            answered_by="git",
            detail="no commits" if refs.empty else detail,
            moved_to=moved,
            default_branch=refs.default_branch,
            head_commit=refs.head_commit,
            branches=refs.list_other_branches(),
        )

    def checkout(self, target: Target, probe: Probe, destination: Path) -> Checkout:
        """Bring the files of a target into the empty folder `destination`, as `hosting.base.Host` says."""
        return check_out(self, target, probe, destination)

    # ------------------------------------------------------------ asking

    def url(self, repository: RepositoryId) -> str:
        """Return the address that git is given for a repository."""
        base = self.urls.get(repository.host, f"https://{repository.host}").rstrip("/")
        return f"{base}/{make_path(repository)}"

    def repository_at(self, url: str, host: str) -> RepositoryId:
        """Return the repository that an address of ours names."""
        base = urlsplit(self.urls.get(host, f"https://{host}")).path.strip("/")
        path = urlsplit(url).path.strip("/").removeprefix(base).strip("/")
        owner, _, name = path.rpartition("/")
        return RepositoryId(host=host, owner=owner, name=name.removesuffix(".git"))

    def ask(
        self,
        repository: RepositoryId,
        *command: str,
        after: tuple[str, ...] = (),
        into: Objects | None = None,
        config: tuple[str, ...] = (),
    ) -> Asked:
        """Ask a host with one git command, following renames and waiting for it, both bounded.

        Raises:
            HostRefusal: the name is none, or leads to an address that is not public.
            NetworkFailure: a redirect led elsewhere, or without end; or the operator lets us not ask that host.

        """
        check_repository(repository)
        if self.allowed is not None and repository.host not in self.allowed:
            raise NetworkFailure(f"{repository.host} is not asked: this checker is kept to other code hosts")
        if repository.host not in self.urls and (addresses := check_public(repository.host)):
            # Git would look the name up again, and might get another answer: it connects to what was checked.
            config = ("-c", f"http.curloptResolve={repository.host}:443:{','.join(addresses)}", *config)

        def once() -> Asked:
            url = self.url(repository)
            for _ in range(MAX_REDIRECTS):
                done = self._once(url, command, after, into, config)
                location = _read_location(done)
                if location is None:
                    return Asked(done, judge(done), url)
                url = _follow(url, location)
            raise NetworkFailure("redirected without end")

        return ask_with_retries(once, lambda asked: asked.answer, self.max_wait)

    def _once(
        self,
        url: str,
        command: tuple[str, ...],
        after: tuple[str, ...],
        into: Objects | None,
        config: tuple[str, ...],
    ) -> Done:
        if into is None:
            return self.git.run(Command((*config, *command, "--", url, *after), seconds=self.timeout))
        return self.git.run(
            Command(
                ("-c", f"remote.origin.url={url}", *config, *command, "--", "origin", *after),
                git_dir=into.folder,
                seconds=self.limits.seconds,
                grows=into.folder / "objects",
                max_bytes=self.limits.download_bytes,
            )
        )

    # ------------------------------------------------------------ bringing objects

    def refs(self, repository: RepositoryId) -> Refs:
        """List the branches and tags."""
        asked = self.ask(repository, "ls-remote", "--symref")
        if not asked.ok:
            raise _explain_failure(asked, repository)
        return parse(asked.done.text)

    def bring(self, repository: RepositoryId, commit: str, folder: Path) -> Brought:
        """Fetch one commit with its files, without those above the limit; see `checkout.Origin`."""
        kind = "sha256" if len(commit) == max(FULL_IDS) else "sha1"
        objects = Objects.create(Objects(self.git, folder, self.limits, kind), folder)
        if len(commit) not in FULL_IDS:
            return self._bring_everything(repository, commit, objects)
        asked = self._fetch(repository, objects, (commit,), "--depth=1")
        if asked.ok:
            return Brought(objects, self._here(objects, repository, commit))
        if "unadvertised object" in asked.done.messages:
            return self._bring_everything(repository, commit, objects)
        raise _explain_failure(asked, repository, commit)

    def _bring_everything(self, repository: RepositoryId, commit: str, objects: Objects) -> Brought:
        """Fetch all branches: the way to a commit whose id is shortened, or that the host does not hand out."""
        asked = self._fetch(repository, objects, ALL_REFS)
        if not asked.ok:
            raise _explain_failure(asked, repository, commit)
        return Brought(objects, self._here(objects, repository, commit))

    def _here(self, objects: Objects, repository: RepositoryId, commit: str) -> str:
        found = objects.resolve(commit)
        if found is None:
            raise HostRefusal(f"{repository} holds no commit {commit}")
        return found

    def deepen(self, repository: RepositoryId, brought: Brought, step: int) -> bool:
        """Fetch more commits and folders, but no files; False where there is no more to be had."""
        if not (brought.objects.folder / "shallow").exists():
            return False
        commits = DEEPEN[step] or self.limits.history
        return self._more(repository, brought, (brought.commit,), f"--deepen={commits}", "blob:none")

    def bring_tags(self, repository: RepositoryId, brought: Brought) -> Brought:
        """Fetch commits and tags without their files; what cannot be had is left."""
        refspecs = (brought.commit, "+refs/tags/*:refs/tags/*")
        if not self._more(repository, brought, refspecs, f"--depth={self.limits.history}", "tree:0"):
            return brought
        return replace(brought, tags=brought.objects.tags())

    def _more(
        self, repository: RepositoryId, brought: Brought, refspecs: tuple[str, ...], depth: str, objects: str
    ) -> bool:
        try:
            return self._fetch(repository, brought.objects, refspecs, depth, objects=objects).ok
        except (HostRefusal, NetworkFailure):
            return False

    def _fetch(
        self,
        repository: RepositoryId,
        into: Objects,
        refspecs: tuple[str, ...],
        *options: str,
        objects: str | None = None,
    ) -> Asked:
        """Run one fetch; every refspec is a commit id or one of our own, so none is an option."""
        chosen = objects or f"blob:limit={self.limits.file_bytes + 1}"
        config = ("remote.origin.promisor=true", f"remote.origin.partialCloneFilter={chosen}")
        flags = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", f"--filter={chosen}")
        asked = self.ask(
            repository,
            "fetch",
            *flags,
            *options,
            after=refspecs,
            into=into,
            config=tuple(part for line in config for part in ("-c", line)),
        )
        into.write_config()
        return asked


def _follow(url: str, location: str) -> str:
    try:
        return follow_redirect(url, location)
    except HostRefusal as error:
        raise NetworkFailure(str(error)) from error


def _read_location(done: Done) -> str | None:
    last = done.responses[-1] if done.responses and not done.ok else None
    return last.headers.get("location") if last is not None and 300 <= last.status < 400 else None


def _make_probe(repository: RepositoryId, availability: Availability, detail: str) -> Probe:
    return Probe(repository=repository, availability=availability, answered_by="git", detail=detail)


def _explain_failure(asked: Asked, repository: RepositoryId, commit: str = "") -> CheckerError:
    """Return the error that a failed fetch stands for."""
    done = asked.done
    if NO_SPACE.search(done.messages):
        return StorageFailure(f"{repository}: {clean_message(done.messages)}")
    if done.why == "size":
        return TooLarge(f"{repository} is larger than the limit for downloads")
    if UNSUPPORTED_OBJECT.search(done.messages):
        return HostRefusal(f"{repository} holds no commit {commit}")
    if asked.answer.availability is Availability.UNREACHABLE:
        return NetworkFailure(f"{repository}: {asked.answer.detail}")
    return HostRefusal(f"{repository}: {asked.answer.detail}")
