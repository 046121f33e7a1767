"""What repairs that need code must change, and the requirements of the plan that they are tried on.

What a log says is the excerpt in the table; of repairs that only state what is needed, that is what they change.
"""

from __future__ import annotations

UV = "error: No solution found when resolving dependencies\n  cause: "
UNSATISFIABLE = ", we can conclude that your requirements are unsatisfiable.\n"


def no_module(module: str) -> str:
    """What Python says when a module is not there."""
    return f"ModuleNotFoundError: No module named '{module}'\n"


def built(package: str, said: str) -> str:
    """What uv says when a package does not build."""
    return (
        f"error: Failed to build `{package}`\n  cause: The build backend returned an error\n  cause: Call to"
        " `setuptools.build_meta:__legacy__.build_wheel` failed (exit status: 1)\n\n         [stderr]\n"
        f"         {said}\n"
    )


CHANGES: dict[str, tuple[tuple[str, ...], str]] = {
    "built_against_newer_numpy": (("einops", "numpy==1.22.3"), "einops is built with numpy==1.22.3"),
    "python2": ((), "converted from Python 2 with 2to3"),
    "forerunner": (("stable-retro",), "added gym-retro: in place of stable-retro"),
    "no_wheels": (("einops",), "einops as of 2024-01-01: at the code's date it has no wheels"),
    "no_earlier_release": (("einops",), "einops of the code's date again"),
    "not_yet_released": (("einops",), "index date → 2023-05-01: the code's own again"),
    "local_version": (("torch==1.7.0+cu101",), "torch==1.7.0+cu101 → torch==1.7.0"),
    "companion_metadata": (("torch==1.10.0", "torchvision==0.11.0"), "torch==1.10.0 for all that ask"),
    "pin_after_date": (("numpy==2.1.0",), "index date → 2024-08-19"),
    "wheels_for_another_python": (("torch==1.7.0",), "Python 3.10 → 3.8"),
    "python_out_of_range": (("numba==0.49.0",), "Python 3.10 → 3.8"),
    "not_on_index": (("skimage",), "skimage → scikit-image"),
    "not_on_index_pip": (("petrel-client",), "petrel-client set aside"),
    "version_gone": (("torch==1.7.99",), "torch==1.7.99 → torch==1.7.1"),
    "version_gone_pip": (("torch==1.7.99",), "torch==1.7.99 → torch==1.7.1"),
    "withdrawn_since": (
        ("torch>=1.4,<1.5",),
        "torch>=1.4,<1.5 → torch==1.6.0: of what is left; index date → 2022-02-05",
    ),
    "published_again": (("rinokeras==1.1.1",), "codecov as of 2023-04-18: others require it"),
    "range_never_existed": (("numpy>=99",), "numpy>=99 → numpy"),
    "index_out_of_reach": (("wandb",), "without the index https://wheels.example.org/cu116"),
    "git_out_of_reach": (("clip @ git+https://github.com/openai/CLIP.git",), "→ openai-clip"),
    "conflict": (
        ("tensorflow==2.10.0", "keras==2.9", "tqdm==4.1"),
        "the fewest requirements give way that have to",
    ),
    "date_widened": ((), "index date → 2022-02-05"),
    "another_python": ((), "Python 3.10 → 3.9"),
    "header": ((), "portaudio19-dev"),
    "pkg_config_module": ((), "libcairo2-dev"),
    "meson_dependency": ((), "libopenblas-dev"),
    "linked_library": ((), "libopenblas-dev"),
    "cmake_package": ((), "libboost-all-dev"),
    "shared_library": ((), "libgl1"),
    "loaded_library": ((), "libopenslide0"),
    "build_command": ((), "swig"),
    "shell_command": ((), "gfortran"),
    "called_command": ((), "samtools"),
    "output_folder": ((), "made the empty folder checkpoint"),
    "config_command": ((), "libgeos-dev"),
    "wanted_program": ((), "bedtools"),
    "mm_range": ((), "mmcv>=1.3.17,<=1.8.0"),
    "mm_of_mmcv_1": (("mmcv-full<2", "mmdet"), "mmdet<3"),
    "mmcv_operators": (("mmcv==1.7.0",), "mmcv → mmcv-full<2"),
    "gpu_build": (("tensorflow-gpu==1.9.0",), "tensorflow-gpu==1.9.0 → tensorflow==1.9.0"),
    "jax_pair": ((), "jaxlib<=0.4.13"),
    "numba_wants": ((), "numpy<1.25"),
    "stated_range": ((), "tokenizers>=0.11.1,!=0.11.3,<0.14"),
    "licence_ended": (
        ("gurobipy==11.0.1",),
        "gurobipy as of 2026-12-29: the licence of the other ended on 2025-11-24",
    ),
    "opencv_contrib": (("opencv-python==4.5.1.48",), "opencv-python → opencv-contrib-python-headless"),
    "pkg_resources": ((), "added setuptools<66"),
    "qt_bindings": ((), "QT_QPA_PLATFORM=offscreen"),
    "sklearn_stub": (("sklearn",), "sklearn → scikit-learn"),
    "gpu_only_package": (("apex",), "apex set aside: needs a GPU toolchain"),
    "library_installed_apart": (("mujoco-py",), "mujoco-py set aside: needs a library installed apart"),
    "use_2to3": (("demjson",), "demjson is built with setuptools<58"),
    "strict_metadata": (("gym==0.21.0",), "gym is built with setuptools<66"),
    "pip_command": (("minkowskiengine",), "minkowskiengine is built with pip"),
    "pip_in_setup": (("checklist",), "checklist is built with pip, jupyter, notebook<7, setuptools<66"),
    "complex_header": (("prody==2.2.0",), "prody is built with numpy<2, setuptools<66"),
    "proj": (
        ("cartopy",),
        "proj-bin; cartopy as of 2021-10-01: the first with the PROJ of today",
    ),
    "setup_requires": (("torch_scatter==2.0.4",), "torch-scatter is built with pytest-runner"),
    "build_import": (("numpy==1.19.5",), "mmpycocotools is built with numpy==1.19.5"),
    "build_import_pip": ((), "pycocotools is built with cython<3"),
    "legacy_science": ((), "Python 3.10 → 3.9"),
    "project_on_path": ((), "put on the path"),
    "built_elsewhere": (("pytrec-eval==0.5",), "pytrec-eval==0.5 → pytrec-eval-terrier: it has wheels"),
    "another_release": (("dm-tree==0.1.1",), "dm-tree==0.1.1 → dm-tree==0.1.*"),
    "earlier_release_that_builds": (("torch==1.1.0", "torch-cluster"), "torch-cluster as of 2019-05-31"),
    "wheels_only": (("shortwave",), "shortwave from wheels alone"),
    "wheels_in_time": (("six", "shortwave"), "shortwave from wheels alone"),
    "set_aside": (("horovod",), "horovod set aside: it does not build"),
    "set_aside_though_imported": (("longwave",), "longwave set aside: nothing listed gets it to build"),
    "numpy_pin_was_right": (("numpy==1.*",), "numpy==1.22.3"),
    "release_with_argument": (("einops",), "einops<=0.3.2"),
    "release_with_argument_of_class": (("einops",), "einops<=0.3.2"),
    "release_in_demand": (("keras", "tensorflow"), "tensorflow>=2.2"),
    "earlier_release_for_module": (("einops",), "einops as of 2020-01-02"),
    "earlier_release_for_name": (("einops>=0.3",), "einops as of 2020-01-02"),
    "earlier_release_for_attribute": (("einops",), "einops as of 2020-01-02"),
    "earlier_release_of_importer": (("einops", "torch==1.10.1"), "einops as of 2020-01-02"),
    "undeclared_shared": ((), "added protobuf"),
    "undeclared_import": ((), "added wandb"),
    "optional_dependency": ((), "added openpyxl"),
    "wanted_library": ((), "added sentencepiece"),
    "asked_extra": (("gym==0.25.2",), "gym==0.25.2 → gym[box2d]==0.25.2"),
    "asked_install": ((), "added einops"),
    "test_option": ((), "added pytest-cov"),
    "test_fixture": ((), "added pytest-mock"),
}
"""Row → the requirements of the plan, and what is changed."""
