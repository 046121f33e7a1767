"""Repairs for what packages of the scientific stack and of the web have removed, renamed or not yet had."""

from __future__ import annotations

from datetime import datetime, timedelta

from checker.core.edits import SetVariable
from checker.core.plans import BuildPlan
from checker.ecosystems.python import plan_edits
from checker.ecosystems.python.repairs import actions
from checker.ecosystems.python.repairs.drift import lacks
from checker.ecosystems.python.repairs.rows import added, pinned, rule
from checker.judging.repair_engine import Change, Found, Rule


def object_lacks(types: str, names: str) -> str:
    """Return the pattern of what Python says when an object lacks one of several attributes."""
    return rf"'(?:{types})' object has no attribute '(?:{names})'"


def unexpected(names: str) -> str:
    """Return the pattern of what Python says when a function does not know a keyword argument."""
    return rf"got an unexpected keyword argument '(?:{names})'"


def numba_wants(plan: BuildPlan, found: Found) -> Change | None:
    """Take the newest numpy that the installed numba allows; its message names it."""
    major, minor = found["version"].split(".")[:2]
    wanted = f"numpy<{major}.{int(minor) + 1}"
    return actions.constrain(plan, wanted)


def resource_module(plan: BuildPlan, found: Found) -> Change | None:
    """Install the last setuptools with `pkg_resources` that the interpreter can load."""
    wanted = "setuptools<81" if plan_edits.minor(plan.interpreter) >= (3, 12) else "setuptools<66"
    return actions.require(plan, wanted)


QT_LIBRARIES = ("libgl1", "libegl1", "libglib2.0-0", "libxkbcommon0", "libdbus-1-3", "libfontconfig1")
"""What PyQt5's wheels leave to the system; without one of them the binding counts as absent."""


def qt_binding(plan: BuildPlan, found: Found) -> Change | None:
    """Install the binding that most code can use, with a platform of its own that draws without a screen."""
    change = actions.require(plan, "pyqt5")
    if change is None:
        return None
    plan, edits = change
    libraries = actions.add_system(plan, QT_LIBRARIES)
    if libraries is not None:
        plan, edits = libraries[0], (*edits, *libraries[1])
    name, value = "QT_QPA_PLATFORM", "offscreen"
    return plan.with_(env=(*plan.env, (name, value))), (*edits, SetVariable(name=name, value=value))


NEXT_LICENCE = timedelta(days=400)
"""So long after a licence has ended, the release with the next has been out for some time."""


def renewed_licence(plan: BuildPlan, found: Found) -> Change | None:
    """Take a release from after the end of the licence that the stated one brought along, as gurobipy does."""
    line = plan_edits.line_for(plan.requirements, "gurobipy")
    day = f"{datetime.fromisoformat(found['day']) + NEXT_LICENCE:%Y-%m-%d}"
    if line is None or plan_edits.held(plan).get("gurobipy") == day:
        return None
    freed = actions.pin(plan, line, plan_edits.with_specifier(line, ""))
    held, edits = actions.hold(
        plan if freed is None else freed[0], "gurobipy", day, f"the licence of the other ended on {found['day']}"
    )
    return held, (*(() if freed is None else freed[1]), *edits)


def wanted_range(plan: BuildPlan, found: Found) -> Change | None:
    """Take the range that a package's own check of its dependencies asks for."""
    parts = [part for part in found["range"].replace(" ", "").strip(".,'\"").split(",") if part]
    wanted = f"{found['name']}{','.join(parts)}"
    return actions.constrain(plan, wanted)


_STATED = "State the range that this package asks for."
_RANGE = r"(?P<range>[<>=!~]=?\s?[\d.]+(?:\w+\d*)?(?:,\s?[<>=!~]=?\s?[\d.]+(?:\w+\d*)?)*)"

NUMPY: tuple[Rule, ...] = (
    pinned(
        "numpy_2_abi",
        r"compiled using NumPy 1\.x cannot be run in|Expected 96 from C header, got 88 from PyObject"
        r"|compiled against ABI version 0x1\w{6} but this version of numpy is 0x2"
        r"|numpy\.core\.multiarray failed to import|_ARRAY_API not found",
        "numpy<2",
    ),
    pinned(
        "numpy_2_names",
        r"was removed in the NumPy 2\.0 release|"
        + lacks(
            "numpy",
            "in1d|product|cumproduct|trapz|row_stack|sometrue|alltrue|msort|find_common_type|obj2sctype|NaN"
            "|Inf|float_|unicode_|alen|round_",
        ),
        "numpy<2",
    ),
    pinned(
        "numpy_aliases",
        r"module 'numpy' has no attribute '(?:float|int|bool|object|complex|str|long|unicode|typeDict)'",
        "numpy<1.24",
    ),
    pinned(
        "numpy_too_old",
        r"Expected 88 from C header, got 80 from PyObject|module compiled against API version 0xe but",
        "numpy>=1.20",
    ),
    pinned(
        "numpy_api_16",
        r"compiled against API version 0x(?:f|10) but this version of numpy is 0x",
        "numpy>=1.23,<2",
    ),
    pinned("numpy_core_pickle", r"No module named 'numpy\._core", "numpy>=1.26"),
    pinned(
        "numpy_testing",
        r"No module named 'numpy\.testing\.(?:decorators|nosetester|noseclasses|utils)'|"
        + lacks("numpy.testing", "Tester|rand"),
        "numpy<1.18",
    ),
    pinned(
        "numpy_ragged",
        r"setting an array element with a sequence\. The requested array has an inhomogeneous shape",
        "numpy<1.24",
    ),
    pinned(
        "numba_internal",
        r"initialization of _internal failed without raising an exception",
        "numpy<1.24",
    ),
    rule(
        "numba_wants",
        r"Numba needs NumPy (?P<version>\d+\.\d+) or less",
        numba_wants,
        "State the numpy that numba allows.",
    ),
    rule(
        "stated_range",
        rf"(?P<name>[A-Za-z][\w-]{{1,60}}){_RANGE} is required for a normal functioning",
        wanted_range,
        _STATED,
    ),
)

SCIENCE: tuple[Rule, ...] = (
    rule(
        "licence_ended",
        r"GurobiError: License expired (?P<day>\d{4}-\d\d-\d\d)",
        renewed_licence,
        "Allow later releases of gurobipy: each brings a licence that ends about two years after it.",
    ),
    pinned(
        "scipy_images",
        lacks("scipy.misc", "imread|imresize|imsave|toimage|imrotate|bytescale|fromimage|imshow|imfilter"),
        "scipy<1.2",
        "pillow<10",
    ),
    pinned(
        "scipy_misc",
        lacks(
            "scipy.misc",
            "factorial|comb|logsumexp|factorial2|factorialk|derivative|central_diff_weights|pade|ascent|face"
            "|electrocardiogram",
        ),
        "scipy<1.3",
    ),
    pinned("scipy_no_misc", r"No module named 'scipy\.misc", "scipy<1.12"),
    pinned(
        "scipy_numpy_names",
        lacks(
            "scipy",
            "interp|zeros|ones|array|arange|random|fft|rand|randn|log|sqrt|mean|dot|pi|exp|nan|inf|linspace|eye",
        ),
        "scipy<1.9",
    ),
    pinned("scipy_integrate", lacks("scipy.integrate", "simps|trapz|cumtrapz"), "scipy<1.14"),
    pinned("scipy_linalg", lacks("scipy.linalg", "triu|tril|tri"), "scipy<1.13"),
    pinned(
        "scipy_windows",
        lacks("scipy.signal", "gaussian|hann|hamming|blackman|kaiser|tukey|boxcar|bartlett"),
        "scipy<1.13",
    ),
    pinned("scipy_matrix_attribute", object_lacks(r"\w*(?:matrix|array)", "A|A1|H"), "scipy<1.14"),
    pinned("scipy_interp2d", r"`?interp2d`? has been removed in SciPy", "scipy<1.14"),
    pinned("scipy_stats", lacks("scipy.stats", "binom_test|median_absolute_deviation"), "scipy<1.5"),
    pinned("scipy_private", lacks(r"scipy._lib._util", "_lazywhere|_lazyselect"), "scipy<1.16"),
    pinned(
        "sklearn_externals",
        r"cannot import name '(?:joblib|six)' from 'sklearn\.externals'"
        r"|No module named 'sklearn\.externals\.(?:joblib|six)",
        "scikit-learn<0.23",
    ),
    pinned(
        "sklearn_split",
        r"No module named 'sklearn\.(?:cross_validation|grid_search|learning_curve|lda|qda)'",
        "scikit-learn<0.20",
    ),
    pinned(
        "sklearn_private",
        r"No module named 'sklearn\.(?:utils\.linear_assignment_|utils\.testing|metrics\.scorer"
        r"|neighbors\.(?:base|dist_metrics)|ensemble\.(?:forest|bagging)|tree\.tree|linear_model\.(?:base"
        r"|logistic)|svm\.(?:classes|base)|cluster\.k_means_|decomposition\.\w+"
        r"|datasets\.(?:samples_generator|base)|preprocessing\.(?:label|data|imputation)"
        r"|feature_selection\.(?:base|univariate_selection)|utils\.(?:fast_dict|seq_dataset|fixes)"
        r"|mixture\.gaussian_mixture|manifold\.t_sne)'",
        "scikit-learn<0.22",
    ),
    pinned(
        "sklearn_plots",
        lacks("sklearn.metrics", r"plot_confusion_matrix|plot_roc_curve|plot_precision_recall_curve")
        + r"|`load_boston` has been removed|"
        + lacks("sklearn.datasets", "load_boston"),
        "scikit-learn<1.2",
    ),
    pinned("sklearn_imputer", lacks("sklearn.preprocessing", "Imputer|CategoricalEncoder"), "scikit-learn<0.22"),
    pinned(
        "sklearn_feature_names",
        object_lacks(r"\w*(?:Vectorizer|Encoder|Transformer|Features)", "get_feature_names"),
        "scikit-learn<1.2",
    ),
    pinned(
        "sklearn_arguments_14",
        "(?:AgglomerativeClustering|OneHotEncoder|BaggingClassifier|AdaBoostClassifier|BaggingRegressor"
        r"|AdaBoostRegressor)\.__init__\(\) " + unexpected("affinity|sparse|base_estimator"),
        "scikit-learn<1.2",
    ),
    pinned("sklearn_arguments_16", unexpected("squared|force_all_finite"), "scikit-learn<1.6"),
    pinned("sklearn_tags", r"'super' object has no attribute '__sklearn_tags__'", "scikit-learn<1.6"),
    pinned(
        "skimage_measure",
        lacks("skimage.measure", "compare_ssim|compare_psnr|compare_mse|compare_nrmse"),
        "scikit-image<0.18",
    ),
    pinned("skimage_grey", lacks("skimage.feature", "greycomatrix|greycoprops"), "scikit-image<0.21"),
    pinned("skimage_multichannel", unexpected("multichannel|multi_channel"), "scikit-image<0.20"),
    pinned(
        "pandas_panel",
        lacks("pandas", "Panel|TimeGrouper|rolling_mean|ewma|Term|WidePanel|datetools"),
        "pandas<0.25",
    ),
    pinned(
        "pandas_1_names",
        object_lacks("DataFrame|Series", "ix|as_matrix|get_value|set_value|get_dtype_counts|to_sparse"),
        "pandas<1",
    ),
    pinned(
        "pandas_2_names",
        object_lacks("DataFrame|Series", "append|iteritems|mad|lookup|tshift|slice_shift")
        + "|"
        + lacks("pandas", "Int64Index|Float64Index|UInt64Index|np")
        + r"|No module named 'pandas\.(?:core\.index|core\.indexes\.numeric|util\.testing|_testing\.\w+)'",
        "pandas<2",
    ),
    pinned(
        "pandas_2_arguments",
        unexpected("error_bad_lines|warn_bad_lines|line_terminator|prefix|mangle_dupe_cols"),
        "pandas<2",
    ),
    pinned(
        "pandas_3_names",
        object_lacks("DataFrame", "applymap|swapaxes") + "|" + unexpected("delim_whitespace"),
        "pandas<3",
    ),
    pinned("pandas_newer", lacks("pandas", "NA|json_normalize|NamedAgg"), "pandas>=1"),
    pinned("matplotlib_get_cmap", lacks("matplotlib.cm", "get_cmap|register_cmap"), "matplotlib<3.9"),
    pinned(
        "matplotlib_styles",
        r"'seaborn[\w-]*' (?:is not a valid package style|not found in the style library)|"
        + lacks("matplotlib", "docstring|_docstring")
        + "|"
        + lacks("matplotlib.cbook", "mplDeprecation|MatplotlibDeprecationWarning"),
        "matplotlib<3.8",
    ),
    pinned(
        "matplotlib_normed",
        r"(?:has no property|unexpected keyword argument) 'normed'|"
        + lacks("matplotlib.mlab", "normpdf|griddata|bivariate_normal|rec2csv|PCA"),
        "matplotlib<3.1",
    ),
    pinned("matplotlib_canvas", object_lacks(r"FigureCanvas\w*", "tostring_rgb"), "matplotlib<3.10"),
    pinned("matplotlib_title", object_lacks(r"FigureCanvas\w*", "set_window_title"), "matplotlib<3.6"),
    pinned("matplotlib_warn", r"use\(\) got an unexpected keyword argument 'warn'", "matplotlib<3.3"),
    pinned(
        "matplotlib_gca",
        r"gca\(\) " + unexpected("projection") + "|" + lacks("matplotlib.pyplot", "hold"),
        "matplotlib<3.6",
    ),
    pinned(
        "networkx_node",
        object_lacks(r"\w*Graph", "node|nodes_iter|edges_iter|selfloop_edges")
        + "|"
        + lacks(
            "networkx",
            "connected_component_subgraphs|strongly_connected_component_subgraphs|biconnected_component_subgraphs",
        ),
        "networkx<2.4",
    ),
    pinned(
        "networkx_matrix",
        lacks(
            "networkx",
            "from_numpy_matrix|to_numpy_matrix|read_gpickle|write_gpickle|info|from_scipy_sparse_matrix"
            "|to_scipy_sparse_matrix",
        ),
        "networkx<3",
    ),
    pinned(
        "pillow_filters",
        lacks("PIL.Image", "ANTIALIAS|LINEAR|CUBIC")
        + "|"
        + object_lacks("FreeTypeFont|ImageFont", "getsize|getoffset")
        + "|"
        + object_lacks("ImageDraw", "textsize|multiline_textsize"),
        "pillow<10",
    ),
    pinned("pillow_version", lacks("PIL", "PILLOW_VERSION"), "pillow<7"),
    pinned("pillow_util", lacks("PIL._util", "is_directory|is_path"), "pillow<10.3"),
    pinned(
        "gensim_3",
        r"The (?:vocab|index2word|wv) attribute was removed from KeyedVector|"
        + object_lacks(r"Word2Vec\w*|KeyedVectors|Doc2Vec", "vocab|index2word|syn0|wv\\.vocab")
        + r"|Word2Vec\.?\w*\(\) "
        + unexpected("size|iter")
        + r"|No module named 'gensim\.summarization|__init__\(\) got an unexpected keyword argument 'size'",
        "gensim<4",
    ),
    pinned("spacy_2", r"\[E941\]|\[E893\]|nlp\.add_pipe` now takes the string name", "spacy<3"),
    pinned(
        "nltk_punkt",
        r"Resource \S{0,20}(?:punkt_tab|averaged_perceptron_tagger_eng)\S{0,20} not found",
        "nltk<3.8.2",
    ),
    pinned("numba_numpy_124", "initialization of _internal failed without raising an exception", "numpy<1.24"),
    pinned(
        "numba_moved",
        r"No module named 'numba\.(?:decorators|errors|utils|jitclass|targets)'|"
        + lacks("numba", "jitclass|autojit"),
        "numba<0.49",
    ),
    pinned("librosa_output", lacks("librosa", "output"), "librosa<0.8"),
    pinned(
        "librosa_display",
        lacks("librosa.display", "waveplot") + "|" + lacks("librosa.util", "example_audio_file"),
        "librosa<0.9",
    ),
    pinned(
        "librosa_positional",
        "(?:mel|resample|stft|melspectrogram|mfcc|load|hz_to_mel|time_stretch"
        r"|pitch_shift)\(\) takes (?:0|1|from 0 to 1|from 1 to 2) positional arguments? but \d",
        "librosa<0.10",
    ),
    pinned("moviepy_editor", r"No module named 'moviepy\.editor'", "moviepy<2"),
    pinned(
        "shapely_multi",
        "'Multi(?:Point|Polygon|LineString)' object is not (?:iterable|subscriptable)"
        r"|object of type 'Multi\w+' has no len\(\)|" + lacks("shapely.geos", "TopologicalError|WKTReadingError"),
        "shapely<2",
    ),
    pinned("geopandas_datasets", r"geopandas\.dataset[^\n]{0,60}removed in GeoPandas 1\.0", "geopandas<1"),
    pinned(
        "statsmodels_arima",
        r"statsmodels\.tsa\.arima_model\.ARMA and statsmodels\.tsa\.arima_model\.ARIMA have\s+been removed",
        "statsmodels<0.13",
    ),
    pinned("qiskit_1", lacks("qiskit", "Aer|execute|IBMQ|BasicAer"), "qiskit<1"),
    pinned("h5py_decode", r"'str' object has no attribute 'decode'", "h5py<3"),
    pinned(
        "cython_runtime",
        r"Cython\.Compiler\.Errors\.CompileError|Cannot assign type '[^'\n]{1,80} except \* nogil",
        "cython<3",
    ),
    rule(
        "opencv_contrib",
        r"module 'cv2(?:\.cv2)?' has no attribute '(?:xfeatures2d|ximgproc|face|legacy|aruco|optflow"
        r"|bgsegm|saliency|tracking|Tracker\w+_create)'",
        actions.first_of(
            actions.swaps("opencv-python", "opencv-contrib-python-headless"),
            actions.swaps("opencv-python-headless", "opencv-contrib-python-headless"),
        ),
        "Require opencv-contrib-python; opencv-python lacks these modules.",
    ),
    pinned(
        "opencv_typing",
        lacks("cv2.dnn", "DictValue")
        + (
            "|partially initialized module 'cv2' has no attribute '(?:_registerMatType"
            "|gapi_wip_gst_GStreamerPipeline)'"
        ),
        "opencv-python<4.6",
        "opencv-python-headless<4.6",
        "opencv-contrib-python<4.6",
    ),
    added(
        "imageio_ffmpeg",
        r"To use the imageio ffmpeg plugin|Could not find a backend to open[^\n]{1,200}\.mp4|imageio-ffmpeg",
        "imageio-ffmpeg",
    ),
)

WEB: tuple[Rule, ...] = (
    rule(
        "pkg_resources",
        r"No module named 'pkg_resources",
        resource_module,
        "Add setuptools<81: the code still uses pkg_resources.",
    ),
    pinned("distutils_version", lacks("distutils", "version"), "setuptools<59.6"),
    added("distutils", r"No module named 'distutils", "setuptools"),
    pinned("setuptools_packaging", lacks("pkg_resources", "packaging"), "setuptools<70"),
    pinned("protobuf_descriptors", r"Descriptors cannot (?:not )?be created directly", "protobuf<3.21"),
    pinned("protobuf_builder", lacks("google.protobuf.internal", "builder"), "protobuf>=3.20"),
    pinned("protobuf_factory", object_lacks("MessageFactory|SymbolDatabase", "GetPrototype"), "protobuf<5"),
    pinned("protobuf_runtime", lacks("google.protobuf", "runtime_version"), "protobuf>=5.26"),
    pinned("markupsafe_unicode", lacks("markupsafe", "soft_unicode"), "markupsafe<2.1"),
    pinned(
        "jinja2_names",
        lacks("jinja2", "Markup|escape|contextfilter|contextfunction|environmentfilter|evalcontextfilter"),
        "jinja2<3.1",
    ),
    pinned(
        "werkzeug_urls",
        lacks("werkzeug.urls", r"url_\w+|Href") + "|" + lacks("werkzeug", "__version__"),
        "werkzeug<3",
    ),
    pinned(
        "werkzeug_old",
        lacks("werkzeug.wrappers", "BaseResponse|BaseRequest")
        + "|"
        + lacks("werkzeug.security", "safe_str_cmp|pbkdf2_hex"),
        "werkzeug<2.1",
    ),
    pinned(
        "werkzeug_root",
        lacks("werkzeug", "cached_property|secure_filename|generate_password_hash|FileStorage|LocalProxy"),
        "werkzeug<1",
    ),
    pinned(
        "itsdangerous_json",
        lacks("itsdangerous", "json|TimedJSONWebSignatureSerializer|JSONWebSignatureSerializer"),
        "itsdangerous<2.1",
    ),
    pinned(
        "flask_names",
        lacks("flask", "_request_ctx_stack|_app_ctx_stack|escape|Markup|json_encoder")
        + "|"
        + lacks("flask.json", "JSONEncoder"),
        "flask<2.3",
    ),
    pinned("click_unicode", lacks("click", "_unicodefun|get_terminal_size|get_os_args"), "click<8.1"),
    pinned(
        "urllib3_1",
        lacks("urllib3.util.ssl_", "DEFAULT_CIPHERS")
        + r"|No module named 'urllib3\.(?:contrib\.appengine|packages\.six)",
        "urllib3<2",
    ),
    pinned(
        "yaml_loader",
        r"load\(\) missing 1 required positional argument: 'Loader'|" + lacks("yaml", "_yaml"),
        "pyyaml<6",
    ),
    pinned(
        "entry_points",
        r"'EntryPoints' object has no attribute 'get'",
        "importlib-metadata<5",
    ),
    pinned("typing_extensions", lacks("typing_extensions", r"\w+"), "typing-extensions>=4.7"),
    pinned(
        "pydantic_1",
        r"`BaseSettings` has been moved|PydanticImportError|PydanticUserError|"
        + lacks("pydantic.fields", "Undefined|ModelField")
        + "|"
        + lacks("pydantic.main", "ModelMetaclass")
        + r"|`(?:\w+\.)?\w+` has been removed in (?:version 2|V2)",
        "pydantic<2",
    ),
    pinned(
        "pydantic_2",
        lacks("pydantic", "field_validator|model_validator|ConfigDict|TypeAdapter|RootModel|computed_field"),
        "pydantic>=2",
    ),
    pinned("marshmallow_version", lacks("marshmallow", "__version_info__"), "marshmallow<4"),
    pinned(
        "sqlalchemy_1",
        r"Not an executable object: '|" + object_lacks("Engine|OptionEngine", "execute|table_names|has_table"),
        "sqlalchemy<2",
    ),
    pinned("httpx_proxies", r"Client\.__init__\(\) got an unexpected keyword argument 'proxies'", "httpx<0.28"),
    pinned("antlr", r"Could not deserialize ATN with version", "antlr4-python3-runtime<4.10"),
    pinned(
        "pytest_8",
        r"PytestRemovedIn[89]Warning|"
        + lacks("pytest", "collect|Collector|fspath")
        + r"|No module named 'py\.(?:_|path|test)",
        "pytest<8",
    ),
)

DESKTOP: tuple[Rule, ...] = (
    rule(
        "qt_bindings",
        r"No Qt bindings could be found|Failed to import any (?:of the following )?[Qq]t [Bb]inding",
        qt_binding,
        "Name the Qt binding that the code is to be used with, at least as an extra.",
    ),
)

RULES = (*NUMPY, *SCIENCE, *WEB, *DESKTOP)
