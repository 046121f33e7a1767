"""What is replayed, what it is divided by, and whether a cache is as it was."""

from __future__ import annotations

from pathlib import Path

import check_samples as samples

from checker.core.indexes import IndexSettings
from checker.core.settings import Settings
from checker.core.values.plans import Phase
from checker.core.values.results import StepStatus
from checker.ecosystems.python.planning.steps import LOCK
from tools.bench.isolation import Cost, Once, differences, fingerprint, plain_environment, steps_of
from tools.bench.isolation_page import isolation_page
from tools.bench.reopen import LOCK_FILE

COST = Cost(
    repository="octo/lab",
    packages=12,
    torch="torch==2.1.2",
    isolated=tuple(Once(whole=seconds, installing=1.5) for seconds in (9.0, 12.0, 10.0)),
    plain=tuple(Once(whole=seconds, installing=1.0) for seconds in (8.0, 7.0, 30.0)),
    poisoned=True,
    changed=0,
)


def test_steps_that_were_carried_out_are_replayed_without_resolving() -> None:
    results = (
        samples.result("resolve", Phase.RESOLVE),
        samples.result("install", Phase.INSTALL).model_copy(
            update={"step": samples.step("install", Phase.INSTALL, "uv", "--requirement", LOCK)}
        ),
        samples.result("start", Phase.START, StepStatus.FAILED),
        samples.result("tests", Phase.TEST, StepStatus.SKIPPED),
    )
    steps = steps_of(samples.good_attempt().model_copy(update={"results": results}))
    assert [step.name for step in steps] == ["install", "start"]
    assert steps[0].argv[-1] == LOCK_FILE


def test_the_plain_side_knows_index_and_certificates_and_no_proxy_of_ours(tmp_path: Path) -> None:
    index = "https://packages.example.org/simple"
    settings = Settings(home=tmp_path, ca_bundle=tmp_path / "ca.pem", indexes=IndexSettings(default=index))
    step = samples.step("install", Phase.INSTALL, "uv").model_copy(update={"network": True})
    env = plain_environment(samples.good_attempt().plan, step, settings)
    assert env["UV_DEFAULT_INDEX"] == index
    assert env["SSL_CERT_FILE"]
    assert "https_proxy" not in env
    assert "UV_OFFLINE" not in env


def test_factors_are_of_medians() -> None:
    assert (COST.factor("whole"), COST.factor("installing")) == (1.25, 1.5)
    assert COST.model_copy(update={"plain": ()}).factor("whole") is None


def test_the_page() -> None:
    page = isolation_page((COST,), "Today.")
    assert "| octo/lab | 12 | 2\\.1\\.2 | 10.0 (9.5–11.0) | 8.0 (7.5–19.0) | 1.25 |" in page
    assert "(1 of 1 times): 0 files" in page


def test_a_fingerprint_sees_every_change(tmp_path: Path) -> None:
    for name in ("a", "deep/b", "deep/c"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "link").symlink_to("nowhere")
    before = fingerprint(tmp_path)
    assert differences(before, fingerprint(tmp_path)) == 0
    (tmp_path / "new").write_text("only more")
    assert differences(before, fingerprint(tmp_path)) == 0
    (tmp_path / "a").write_text("poison")
    (tmp_path / "deep/b").unlink()
    assert differences(before, fingerprint(tmp_path)) == 2
