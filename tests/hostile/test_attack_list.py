"""Every attack that is to be withstood, and the test that tries it: end to end here, or step by step elsewhere."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

INTRUDER = "hostile/test_intruder.py::test_it_gets_nothing"
GLUTTONS = "hostile/test_gluttons.py::test_it_ends_inside_its_limits_and_alone"
HISTORY = "hostile/test_hostile_history.py::"
WORDS = "hostile/test_hostile_words.py::"
LINKS = "hostile/test_hostile_links.py::"
SPECIFICATIONS = "hostile/test_hostile_specifications.py::test_it_is_read_as_what_it_is"
STEPS = "sandbox/docker/test_hostile.py::"
GIT = "hosts/test_hostile_repositories.py::"
PROBES = "hosts/test_probe_git.py::"

ATTACKS: dict[str, tuple[str, ...]] = {
    # resources
    "fork bomb": (GLUTTONS, f"{STEPS}test_fork_bomb"),
    "memory hog": (GLUTTONS, f"{STEPS}test_memory_hog_in_a_child"),
    "endless loop": (GLUTTONS,),
    "sleeps past the limit, children ignore SIGTERM": (GLUTTONS,),
    "many small files": (GLUTTONS, f"{STEPS}test_many_small_files"),
    "one huge file": (GLUTTONS, f"{STEPS}test_one_huge_file"),
    "the work tree and /tmp are filled": (GLUTTONS, f"{STEPS}test_disk_filler"),
    "a log of 2 GB": (GLUTTONS, f"{STEPS}test_log_flood"),
    "one line of 200 MB": (GLUTTONS, f"{STEPS}test_one_endless_line"),
    # setup.py, conftest.py, a notebook's cell, a source distribution
    "host files, environment, engine's socket": (INTRUDER,),
    "metadata and private addresses": (
        INTRUDER,
        "sandbox/docker/test_network.py::test_nothing_arrives_at_any_other_address",
    ),
    "another check's files": (
        INTRUDER,
        "sandbox/docker/test_docker.py::test_sandboxes_of_many_threads_do_not_meet",
    ),
    "a poisoned cache": (
        "hostile/test_intruder.py::test_the_cache_that_it_poisons_is_its_own",
        "hostile/test_intruder.py::test_others_are_checked_as_ever",
        "sandbox/docker/test_installing.py::test_the_cache_cannot_be_poisoned",
    ),
    "the network at run time, the host's loopback": (
        "hostile/test_intruder.py::test_nothing_arrives_at_any_address",
        f"{STEPS}test_no_network_at_run_time",
    ),
    "clock, mount, ptrace, raw sockets, setuid": (INTRUDER, f"{STEPS}test_system_calls_that_must_not_work"),
    "sockets to the hypervisor": (
        INTRUDER,
        "sandbox/docker/test_system_calls.py::test_families_of_sockets_that_belong_to_no_network_are_refused",
    ),
    "a daemon left behind": (INTRUDER, "hostile/test_intruder.py::test_the_host_is_as_before"),
    # git
    "hooks, filters, configuration": (
        f"{HISTORY}test_nothing_of_it_was_run_outside",
        f"{GIT}test_hooks_and_configuration_of_a_mirror_do_not_count",
    ),
    "submodules with file://, ext:: and options": (
        f"{HISTORY}test_a_submodule_of_another_kind_is_refused",
        "hosts/test_submodules.py::test_refused",
    ),
    "links out of the tree": (
        f"{HISTORY}test_a_link_out_of_the_tree_is_left_out",
        f"{GIT}test_a_chain_of_links_that_leaves_only_together",
    ),
    "colliding and unprintable names": (
        f"{HISTORY}test_names_that_differ_in_case_alone_are_all_there",
        f"{GIT}test_names_that_nobody_could_bear",
    ),
    "a path of 4,000 characters": (
        f"{HISTORY}test_a_name_that_nobody_could_bear_is_left_out",
        f"{GIT}test_a_path_of_four_thousand_characters",
    ),
    "100,000 files, a bomb of trees": (
        f"{HISTORY}test_a_bomb_of_trees_is_a_limit_of_the_check",
        f"{GIT}test_a_hundred_thousand_files",
    ),
    "pointers to huge objects": (
        f"{HISTORY}test_what_a_pointer_points_at_is_not_loaded",
        "hosts/test_checkout.py::test_lfs_pointers_stay_pointers",
    ),
    "a history of 50,000 commits": (f"{GIT}test_a_history_of_fifty_thousand_commits",),
    # output and metadata
    "terminal escapes": (f"{WORDS}test_logs_hold_no_controls", f"{STEPS}test_terminal_escapes_and_bad_bytes"),
    "HTML, SVG and Markdown": (
        f"{WORDS}test_no_element_of_theirs_is_on_any_page",
        f"{WORDS}test_no_element_of_theirs_is_in_any_picture",
        f"{WORDS}test_markdown_has_no_live_link_or_tag_of_theirs",
        "reports/test_site.py::test_no_page_reaches_another_host_or_runs_what_it_was_given",
    ),
    "text that imitates a passing run": (GLUTTONS,),
    "requirements of 50 MB, of themselves, from elsewhere, above, of a file": (SPECIFICATIONS,),
    "bombs of YAML": (SPECIFICATIONS, "ecosystems/python/declared/formats/test_conda.py::test_bombs_stay_small"),
    "a pyproject.toml that is a folder": (SPECIFICATIONS,),
    "wheels and answers that unpack to gigabytes": (
        "index/test_bombs.py::test_a_wheel_that_lies_about_its_size",
        "index/test_bombs.py::test_an_answer_that_unpacks_to_more_than_its_budget",
        "index/test_downloads.py::test_a_wheel_that_unpacks_to_more_than_the_disk_of_an_attempt",
        "judging/test_presence.py::test_an_archive_cannot_hide_how_long_its_directory_is",
    ),
    "lines and indexes that would send or reveal a password": (
        "index/test_downloads.py::test_no_line_of_a_repository_sends_the_passwords_of_indexes_anywhere",
        "cli/test_no_secret_is_told.py::test_a_night_over_an_index_with_a_password",
    ),
    # a workspace, a folder of this machine
    "modules that our programs would import": (
        "reports/ci/test_untrusted_workspace.py::test_no_step_of_the_action_runs_them",
        "reports/ci/test_untrusted_workspace.py::test_no_command_runs_them",
    ),
    "settings of our tools in the current folder": (
        "sandbox/egress/test_default_index.py::test_settings_of_the_current_folder_do_not_count",
    ),
    "a report of its own, or links in its place": (
        "reports/ci/test_ci_command.py::test_nothing_is_written_or_read_through_a_link",
        "reports/ci/test_ci_command.py::test_a_forged_result_is_gone_before_the_check",
    ),
    "chains, circles and crowds of links": (
        "hosts/test_links_of_trees.py::test_links_are_followed_in_time",
        "hosts/test_links_of_trees.py::test_whatever_links_say_none_leaves",
    ),
    "a committed folder that gave way to a link": (
        "hosts/test_links_of_trees.py::test_nothing_is_copied_from_behind_a_link",
        "hosts/test_links_of_trees.py::test_no_submodule_is_copied_from_behind_a_link",
    ),
    "pipes in the place of git's files": (
        "hosts/test_links_of_trees.py::test_pipes_in_the_place_of_gits_files_are_not_waited_for",
    ),
    "committed files that git takes for a git folder": (
        "reports/ci/test_untrusted_workspace.py::test_files_that_look_like_a_git_folder_are_no_clone",
    ),
    "thousands of folders inside each other": (
        "core/test_walk_folders.py::test_deep_folders_are_no_mistake_of_ours",
    ),
    "results that untrusted code forges": (
        "ecosystems/python/outcomes/test_forged_results.py::test_forged_results_are_judged_stored_and_told",
        "ecosystems/python/outcomes/test_forged_results.py::test_each_odd_line_is_read_in_time",
    ),
    "pages of an index that are none": (
        "index/test_odd_pages.py::test_a_changed_page_is_read_or_refused",
        "index/test_odd_pages.py::test_a_huge_page_is_read_in_time",
    ),
    "a .git that points at another repository": (
        "hosts/test_folder.py::test_a_folder_gets_no_history_of_another_repository",
    ),
    # links
    "names that lead inside, at the second look": (
        "hosts/test_allowed_hosts.py::test_a_name_that_leads_inside_is_never_asked",
        "hosts/test_allowed_hosts.py::test_git_connects_to_the_addresses_that_were_checked",
    ),
    "options, newlines and NUL in links": (
        f"{LINKS}test_a_name_is_no_command",
        f"{LINKS}test_an_abstract_names_nothing_but_repositories",
        f"{LINKS}test_a_branch_is_no_option",
        f"{GIT}test_option_like_names_are_never_asked",
    ),
    "redirects to another host or to the loopback": (
        f"{PROBES}test_redirect_to_another_host_is_not_followed",
        "sandbox/docker/test_network.py::test_a_redirect_inside_is_refused",
    ),
}
"""Attack → the tests that try it."""


@pytest.mark.parametrize("attack", ATTACKS)
def test_somebody_tries_it(attack: str) -> None:
    for test in ATTACKS[attack]:
        path, _, name = test.partition("::")
        tree = ast.parse((TESTS / path).read_text())
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, test
