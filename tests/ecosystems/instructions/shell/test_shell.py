"""Shell text read by its grammar: what a shell would run, and with which arguments."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_trees import make_tree

from checker.ecosystems.instructions.shell.environment import Environment
from checker.ecosystems.instructions.shell.reader import read_commands_of
from checker.ecosystems.instructions.shell.walker import split_commands
from checker.ecosystems.instructions.shell.working_directory import Directory
from checker.ecosystems.python.declared.page_commands import read_commands


def run(text: str, *arguments: str) -> list[str]:
    """Return the commands of a script that is called with arguments."""
    return [" ".join(each.argv) for each in split_commands(text, Environment(arguments), is_typed=False)]


def typed(text: str) -> list[str]:
    """Return the commands of a text on a page."""
    return [" ".join(each.argv) for each in split_commands(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('python a.py --title "run # 1" --steps 10', ["python a.py --title run # 1 --steps 10"]),
        ('ARGS="--x 1"; ARGS+=" --y 2"; python a.py $ARGS', ["python a.py --x 1 --y 2"]),
        ("cat > c.yaml <<EOF\npython wrong.py\nEOF\npython b.py", ["cat", "python b.py"]),
        ("f() { python a.py --k $1; }; f 7", ["python a.py --k 7"]),
        ("old() { python old.py; }\npython new.py", ["python new.py"]),
        ("python a.py\nexit 0\npython b.py", ["python a.py"]),
        ("python a.py || exit 1\npython b.py", ["python a.py", "python b.py"]),
        ("if x; then exit 1; fi\npython b.py", ["x", "python b.py"]),
        ("(exit 1)\npython b.py", ["python b.py"]),
        ("exec python a.py\npython b.py", ["python a.py"]),
    ],
)
def test_what_a_shell_would_run(text: str, expected: list[str]) -> None:
    assert run(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a=(--x 1)\na+=(--y "b c")\npython a.py "${a[@]}" ${#a[@]}', [["--x", "1", "--y", "b c", "4"]]),
        ('a=(1 2 3)\npython a.py "${a[@]:1}" ${a[0]} ${a[9]}', [["2", "3", "1"]]),
        ("declare -A m=([k]=v)\nm[l]=w\npython a.py ${m[k]} ${m[l]} ${!m[@]}", [["v", "w", "k", "l"]]),
        ('a=()\npython a.py "${a[@]}" end', [["end"]]),
    ],
)
def test_arrays(text: str, expected: list[list[str]]) -> None:
    commands = split_commands(text, Environment(()), is_typed=False)
    assert [list(each.argv[2:]) for each in commands if each.argv[0] == "python"] == expected


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        ("${x%.pt}", "dir/model"),
        ("${x##*/}", "model.pt"),
        ("${x/model/best}", "dir/best.pt"),
        ("${x:0:3}", "dir"),
        ("${#x}", "12"),
        ("${unset:-a b}", "a b"),
        ("${x:+set}", "set"),
        ("${x:-other}", "dir/model.pt"),
        ("$(basename $x .pt)", "model"),
        ("$(nproc)", "$(nproc)"),
        ("$x/${unset}/$y/z", "dir/model.pt/${unset}/$y/z"),
        ("'$x'", "$x"),
        ("\\$x", "$x"),
        ('"a$"', "a$"),
        ("$(pwd)/a", "$PWD/a"),
    ],
)
def test_values_are_put_in_where_they_are_known(use: str, expected: str) -> None:
    assert run(f"x=dir/model.pt\npython a.py {use}") == [f"python a.py {expected}"]


@pytest.mark.parametrize(
    ("text", "arguments", "expected"),
    [
        ("case $1 in a|b) python a.py;; *) python c.py;; esac", ("b",), ["python a.py"]),
        ("case $1 in a) python a.py;; *) python c.py;; esac", (), ["python a.py", "python c.py"]),
        ('M=t\nif [ "$M" = t ]; then python a.py; else python b.py; fi', (), ["python a.py"]),
        ("if [ -f x ]; then python a.py; else python b.py; fi", (), ["python a.py", "python b.py"]),
        (
            "for m in a b; do if [ $m = a ]; then python a.py; else python b.py; fi; done",
            (),
            ["python a.py", "python b.py"],
        ),
        ("if [ -d x ]; then m=1; else m=2; fi\npython a.py $m", (), ["python a.py 1"]),
        (
            "k=1\nwhile [ $# -gt 0 ]; do case $1 in --k) k=$2; shift 2;; esac; done\npython a.py $k",
            ("--k", "5"),
            ["python a.py 5"],
        ),
        ("set -- a b\nshift\npython a.py $1", (), ["python a.py b"]),
        ('[ -n "$1" ] && python a.py', ("x",), ["python a.py"]),
        ('[ -z "$1" ] && exit 1\npython a.py', ("x",), ["python a.py"]),
        ('main() { python a.py "$@"; }\nmain "$@" --k 1', ("x y",), ["python a.py x y --k 1"]),
        ("while true; do python a.py; break; python b.py; done", (), ["python a.py"]),
    ],
)
def test_branches_and_loops(text: str, arguments: tuple[str, ...], expected: list[str]) -> None:
    assert run(text, *arguments) == expected


def test_text_that_is_given_to_a_shell_is_read() -> None:
    assert run('bash -c "python a.py && python b.py"') == ["python a.py", "python b.py"]
    assert run("srun -n 1 bash -c 'python a.py'") == ["python a.py"]
    assert run("docker run image bash -c 'python a.py'") == ["docker run image bash -c python a.py"]
    assert run("bash <<EOF\npython a.py --k $((1 + 2))\nEOF") == ["python a.py --k 3"]
    assert run('cmd="python a.py --k 1"\neval $cmd') == ["python a.py --k 1"]
    assert run("python <<EOF\nimport os\nEOF") == ["python"]
    assert run("v=$(python a.py | tail -1)\npython b.py $v") == ["python a.py", "tail -1", "python b.py $v"]


def test_assignments_in_front_of_a_command_are_its_own() -> None:
    [command] = split_commands('A=1 B="x y" sudo -E C=$PWD python a.py > log 2>&1 --k 2 $A')
    assert command.env == (("A", "1"), ("B", "x y"), ("C", "$PWD"))
    assert command.argv == ("python", "a.py", "--k", "2", "$A")


def test_a_subshell_has_a_folder_of_its_own(tmp_path: Path) -> None:
    tree = make_tree(tmp_path, {"sub/b.py": "", "c.py": ""})
    text = "(cd sub && python b.py); python c.py --out x\ncd sub; bash -c 'cd /; ls'; ls"
    found = read_commands_of(tree, text, "run.sh", start=1, directory=Directory(tree, ".", ()), language="sh")
    assert [(each.argv[0], each.cwd) for each in found if each.argv[0] in {"python", "ls"}] == [
        ("python", "sub"),
        ("python", "."),
        ("ls", "sub"),
        ("ls", "sub"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$ python a.py\n(env) u@host:~$ pip install x\n>>> import y", ["python a.py", "pip install x"]),
        ("python a.py \\  \n  --x 1 \\ # the first\n  --y 2", ["python a.py --x 1 --y 2"]),
        ("python a.py --lr <learning rate> [path/to]", ["python a.py --lr <learning rate> [path/to]"]),
        ("python a.py --p <path to `Model`> > log", ["python a.py --p <path to `Model`>"]),
        ("pip install numpy>=1.20 'torch<2' scipy<1.9", ["pip install numpy>=1.20 torch<2 scipy<1.9"]),
        ("python don't.py\npython b.py", ["python don't.py", "python b.py"]),
        ("python a.py --out ${{ matrix.out || 'x' }}", ["python a.py --out ${{ matrix.out || 'x' }}"]),
        ("python a.py\r\npython b.py\r\n", ["python a.py", "python b.py"]),
        ("python a.py % first try this", ["python a.py"]),
        ("for i in 1 2; do\npython a.py (and\ndone\npython b.py $i", ["python a.py", "and", "python b.py 1"]),
        ('python a.py --name "never closed', ["python a.py --name never closed"]),
        ("python a.py \\", ["python a.py"]),
    ],
)
def test_text_as_pages_have_it(text: str, expected: list[str]) -> None:
    assert typed(text) == expected


def test_an_option_that_has_lost_its_command_belongs_to_the_one_above(tmp_path: Path) -> None:
    page = "```bash\npython a.py \\\n  # more\n  --x 1\n--y=2\n```\n"
    tree = make_tree(tmp_path, {"README.md": page, "a.py": ""})
    [command] = read_commands(tree)
    assert command.argv == ("python", "a.py", "--x", "1", "--y=2")
    assert command.line == 2


def test_lines_are_those_of_the_author() -> None:
    text = "# first\nfor x in a; do\n  python a.py \\\n    --x $x\ndone\n\nA=b\\\nc\npython b.py $A\n"
    found = split_commands(text, Environment(()), is_typed=False)
    assert [(each.line, each.raw) for each in found] == [(3, "python a.py --x $x"), (9, "python b.py $A")]
    assert found[1].argv == ("python", "b.py", "bc")


HOSTILE = [
    "x" * 10_000_000,
    "python a.py " + "a " * 5_000_000,
    "(" * 10_000 + ")" * 10_000,
    "$(" * 10_000,
    "a|" * 20_000,
    "a=(" * 20_000,
    "for ((" * 10_000,
    "a ) b\n" * 5_000,
    "if a; then\n" * 10_000,
    "<a " * 20_000,
    "{a " * 20_000,
    "${a:-" * 10_000,
    "'\n" * 20_000,
    "a\0b\udcff \ue001\n" * 1_000,
    "cat <<E" + "F" * 3_000 + "\nx\n",
    "f() { f; f; }; f\n",
    "f() { eval f; }; f\n",
    "eval eval eval bash -c 'eval ls'\n" * 100,
    "x=aa; " + "x=$x$x; " * 100 + "python $x\n",
    "while :; do shift; set -- a b; done\n",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.timeout(30)
def test_hostile_text_ends_quickly(text: str) -> None:
    for is_typed in (True, False):
        found = split_commands(text, Environment(("a", "b")), is_typed=is_typed)
        assert sum(len(word) for each in found for word in each.argv) < 5_000_000


def test_what_holds_for_one_turn_alone_decides_nothing() -> None:
    text = "f() { case $1 in a) python a.py;; b) python b.py;; esac; }\nfor t in a b; do f $t; done\nf b\n"
    assert run(text) == ["python a.py", "python b.py", "python b.py"]
    text = 'if [ "${{ matrix.v }}" = "x" ]; then pip install a; fi\n[ -f x ] && v=1\n[ $v = 1 ] && pip install b'
    assert run(text) == ["pip install a", "pip install b"]


def test_alternatives_among_options_are_one_word() -> None:
    assert typed("fit [--force|-f] -o <file> [<more>...]") == ["fit [--force,-f] -o <file> [<more>...]"]
