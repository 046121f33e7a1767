"""For every repair of drift one excerpt of a log as the programs print it, and the first range it must ask for."""

from __future__ import annotations

from repair_excerpts import import_name, lacks, no_module

DRIFT: dict[str, tuple[str, str]] = {
    # torch and its companions
    "torch_six_names": (import_name("torch._six", "container_abcs"), "torch<1.9"),
    "torch_six": (no_module("torch._six"), "torch<2"),
    "torch_six_attribute": (lacks("torch", "_six"), "torch<2"),
    "torchvision_utils": (no_module("torchvision.models.utils"), "torchvision<0.11"),
    "torchvision_functional": (no_module("torchvision.transforms.functional_tensor"), "torchvision<0.17"),
    "torchvision_gdrive": (import_name("torchvision.datasets.utils", "makedir_exist_ok"), "torchvision<0.9"),
    "torchvision_weights": (import_name("torchvision.models", "ResNet50_Weights"), "torchvision>=0.14"),
    "torch_fft": (lacks("torch", "rfft"), "torch<1.8"),
    "torch_linear_algebra": (
        "RuntimeError: This function was deprecated since version 1.9 and is now removed. See `torch.linalg`\n",
        "torch<1.13",
    ),
    "torch_accumulate": (import_name("torch._utils", "_accumulate"), "torch<2.3"),
    "torch_weights_only": (
        "_pickle.UnpicklingError: Weights only load failed. This file can still be loaded\n",
        "torch<2.6",
    ),
    "torch_2_names": (lacks("torch", "compile"), "torch>=2"),
    "torch_pytree": (lacks("torch.utils._pytree", "register_pytree_node"), "torch>=2.3"),
    "torch_library": (lacks("torch.library", "register_fake"), "torch>=2.4"),
    "torch_schedulers": (import_name("torch.optim.lr_scheduler", "LRScheduler"), "torch>=2"),
    "mkl_symbol": ("ImportError: /env/lib/libtorch_cpu.so: undefined symbol: iJIT_NotifyEvent\n", "mkl<2024.1"),
    "torchtext_legacy": (no_module("torchtext.legacy"), "torchtext<0.12"),
    "torchtext_fields": (lacks("torchtext.data", "Field"), "torchtext<0.9"),
    "torchdata_pipes": (no_module("torchdata.datapipes"), "torchdata<0.8"),
    "geometric_loader": (import_name("torch_geometric.data", "NeighborSampler"), "torch-geometric<2"),
    "qt_bindings": (
        "qtpy.QtBindingsNotFoundError: No Qt bindings could be found\n",
        "QT_QPA_PLATFORM=offscreen",
    ),
    "tensorboard_missing": (no_module("tensorboard"), "added tensorboard"),
    "timm_helpers": (import_name("timm.models.helpers", "overlay_external_default_cfg"), "timm<0.6"),
    "timm_layers": (no_module("timm.models.layers"), "timm<0.9"),
    "kornia_names": (lacks("kornia", "warp_perspective"), "kornia<0.5"),
    "albumentations_imgaug": (no_module("albumentations.imgaug"), "albumentations<1"),
    "dgl_names": (lacks("dgl", "batch_hetero"), "dgl<0.7"),
    "torchmetrics_f1": (import_name("torchmetrics", "F1"), "torchmetrics<0.8"),
    "torchmetrics_task": (
        "TypeError: Accuracy.__new__() missing 1 required positional argument: 'task'\n",
        "torchmetrics<0.11",
    ),
    "lightning_15": (no_module("pytorch_lightning.metrics"), "pytorch-lightning<1.5"),
    "lightning_17": (
        "TypeError: Trainer.__init__() got an unexpected keyword argument 'checkpoint_callback'\n",
        "pytorch-lightning<1.7",
    ),
    "lightning_18": (no_module("pytorch_lightning.utilities.distributed"), "pytorch-lightning<1.8"),
    "lightning_2": (
        "TypeError: Trainer.__init__() got an unexpected keyword argument 'gpus'\n",
        "pytorch-lightning<2",
    ),
    # OpenMMLab
    "mm_range": (
        "AssertionError: MMCV==2.1.0 is used but incompatible. Please install mmcv>=1.3.17, <=1.8.0.\n",
        "mmcv>=1.3.17,<=1.8.0",
    ),
    "mm_of_mmcv_1": (no_module("mmengine"), "mmdet<3"),
    "mmcv_1": (no_module("mmcv.runner"), "mmcv<2"),
    "mmcv_operators": (no_module("mmcv._ext"), "mmcv → mmcv-full<2"),
    # tensorflow and keras
    "tensorflow_contrib": (no_module("tensorflow.contrib"), "tensorflow<2"),
    "tensorflow_1": (lacks("tensorflow", "placeholder"), "tensorflow<2"),
    "tensorflow_python_keras": (no_module("tensorflow.python.keras"), "tensorflow<2.12"),
    "keras_1": (
        "    from keras import activations, initializations\nImportError: cannot import name 'initializations'\n",
        "keras<2",
    ),
    "keras_backend": (no_module("keras.layers.merge"), "keras<2.4"),
    "keras_names": (import_name("keras.optimizers", "Adam"), "keras<2.4"),
    "keras_213": (no_module("keras.utils.np_utils"), "keras<2.13"),
    "keras_learning_rate": ("ValueError: Argument(s) not recognized: {'lr': 0.001}\n", "keras<2.11"),
    "keras_3_transformers": (
        "ValueError: Your currently installed version of Keras is Keras 3, but this is not yet supported"
        " in Transformers.\n",
        "added tf-keras",
    ),
    "keras_3": ("ImportError: `keras.optimizers.legacy` is not supported in Keras 3.\n", "keras<3"),
    # language
    "transformers_3": (no_module("transformers.modeling_bert"), "transformers<4"),
    "transformers_adamw": (import_name("transformers", "AdamW"), "transformers<4.45"),
    "transformers_cached_path": (import_name("transformers.file_utils", "cached_path"), "transformers<4.22"),
    "transformers_masks": (
        import_name("transformers.models.bloom.modeling_bloom", "_expand_mask"),
        "transformers<4.35",
    ),
    "transformers_filtering": (import_name("transformers", "top_k_top_p_filtering"), "transformers<4.39"),
    "transformers_torch_helpers": (
        import_name("transformers.modeling_utils", "find_pruneable_heads_and_indices"),
        "transformers<4.45",
    ),
    "transformers_is_tpu": (import_name("transformers", "is_torch_tpu_available"), "transformers<4.41"),
    "transformers_generation": (import_name("transformers.generation", "BeamSearchScorer"), "transformers<4.40"),
    "transformers_5": (import_name("transformers", "AutoModelWithLMHead"), "transformers<5"),
    "hub_cached_download": (import_name("huggingface_hub", "cached_download"), "huggingface-hub<0.26"),
    "gpu_build": (
        "ImportError: libcublas.so.9.0: cannot open shared object file: No such file or directory\n"
        "Failed to load the native TensorFlow runtime.\n",
        "tensorflow-gpu==1.9.0 → tensorflow==1.9.0",
    ),
    "torchvision_lsun": (
        "TypeError: __init__() got an unexpected keyword argument 'db_path'\n",
        "torchvision<0.2",
    ),
    "numba_numpy_124": (
        "SystemError: initialization of _internal failed without raising an exception\n",
        "numpy<1.24",
    ),
    "hub_lazy": ("AttributeError: No huggingface_hub attribute hf_api\n", "huggingface-hub<0.8"),
    "hub_shards": (import_name("huggingface_hub", "split_torch_state_dict_into_shards"), "huggingface-hub>=0.23"),
    "datasets_metric": (import_name("datasets", "load_metric"), "datasets<3"),
    "datasets_scripts": (
        "RuntimeError: Dataset scripts are no longer supported, but found squad.py\n",
        "datasets<4",
    ),
    "peft_int8": (import_name("peft", "prepare_model_for_int8_training"), "peft<0.10"),
    "openai_0": (
        "You tried to access openai.ChatCompletion, but this is no longer supported in openai>=1.0.0\n",
        "openai<1",
    ),
    "openai_1": (import_name("openai", "OpenAI"), "openai>=1"),
    "langchain_community": (
        "ModuleNotFoundError: Module langchain_community.llms not found. Please install langchain-community\n",
        "added langchain-community",
    ),
    "langchain_0": (no_module("langchain.chat_models"), "langchain<0.1"),
    "sacrebleu_1": (import_name("sacrebleu", "TOKENIZERS"), "sacrebleu<2"),
    "fairseq_hydra": (no_module("hydra.experimental"), "hydra-core<1.2"),
    # reinforcement learning, jax
    "gym_step": ("ValueError: too many values to unpack (expected 4)\n", "gym<0.26"),
    "gym_rendering": (import_name("gym.envs.classic_control", "rendering"), "gym<0.22"),
    "gym_seed": ("AttributeError: 'CartPoleEnv' object has no attribute 'seed'\n", "gym<0.26"),
    "gym_unpack": ("ValueError: not enough values to unpack (expected 5, got 4)\n", "gym>=0.26"),
    "jax_tree": (lacks("jax", "tree_map"), "jax<0.4.24"),
    "jax_optimizers": (no_module("jax.experimental.optimizers"), "jax<0.3"),
    "jax_pair": (
        "RuntimeError: jaxlib version 0.4.30 is newer than and incompatible with jax version 0.4.13."
        " Please update\n",
        "jaxlib<=0.4.13",
    ),
    "flax_optim": (no_module("flax.optim"), "flax<0.6"),
    "ray_agents": (no_module("ray.rllib.agents"), "ray<2.3"),
    "stable_baselines": (no_module("stable_baselines3.common.cmd_util"), "stable-baselines3<1.1"),
    # numpy
    "numpy_2_abi": (
        "A module that was compiled using NumPy 1.x cannot be run in\nNumPy 2.1.0 as it may crash.\n",
        "numpy<2",
    ),
    "numpy_2_names": (
        "AttributeError: `np.float_` was removed in the NumPy 2.0 release. Use `np.float64` instead.\n",
        "numpy<2",
    ),
    "numpy_aliases": (
        "AttributeError: module 'numpy' has no attribute 'float'.\n`np.float` was a deprecated alias\n",
        "numpy<1.24",
    ),
    "numpy_too_old": (
        "ValueError: numpy.ndarray size changed, may indicate binary incompatibility. Expected 88 from C"
        " header, got 80 from PyObject\n",
        "numpy>=1.20",
    ),
    "numpy_api_16": (
        "RuntimeError: module compiled against API version 0x10 but this version of numpy is 0xe\n",
        "numpy>=1.23,<2",
    ),
    "numpy_core_pickle": (no_module("numpy._core"), "numpy>=1.26"),
    "numpy_testing": (no_module("numpy.testing.decorators"), "numpy<1.18"),
    "numpy_ragged": (
        "ValueError: setting an array element with a sequence. The requested array has an inhomogeneous"
        " shape after 1 dimensions.\n",
        "numpy<1.24",
    ),
    "numba_internal": (
        "SystemError: initialization of _internal failed without raising an exception\n",
        "numpy<1.24",
    ),
    "numba_wants": ("ImportError: Numba needs NumPy 1.24 or less\n", "numpy<1.25"),
    "licence_ended": (
        '  File "src/gurobipy/env.pxi", line 70, in gurobipy.Env.__init__\n'
        "gurobipy.GurobiError: License expired 2025-11-24\n",
        "gurobipy as of 2026-12-29: the licence of the other ended on 2025-11-24",
    ),
    "stated_range": (
        "ImportError: tokenizers>=0.11.1,!=0.11.3,<0.14 is required for a normal functioning of this"
        " module, but found tokenizers==0.15.0.\n",
        "tokenizers>=0.11.1,!=0.11.3,<0.14",
    ),
    # science
    "scipy_images": (import_name("scipy.misc", "imread"), "scipy<1.2"),
    "scipy_misc": (import_name("scipy.misc", "factorial"), "scipy<1.3"),
    "scipy_no_misc": (no_module("scipy.misc"), "scipy<1.12"),
    "scipy_numpy_names": (lacks("scipy", "interp"), "scipy<1.9"),
    "scipy_integrate": (import_name("scipy.integrate", "simps"), "scipy<1.14"),
    "scipy_linalg": (import_name("scipy.linalg", "triu"), "scipy<1.13"),
    "scipy_windows": (lacks("scipy.signal", "gaussian"), "scipy<1.13"),
    "scipy_matrix_attribute": ("AttributeError: 'csr_matrix' object has no attribute 'A'\n", "scipy<1.14"),
    "scipy_interp2d": ("NotImplementedError: `interp2d` has been removed in SciPy 1.14.0.\n", "scipy<1.14"),
    "scipy_stats": (lacks("scipy.stats", "binom_test"), "scipy<1.5"),
    "scipy_private": (import_name("scipy._lib._util", "_lazywhere"), "scipy<1.16"),
    "sklearn_externals": (import_name("sklearn.externals", "joblib"), "scikit-learn<0.23"),
    "sklearn_split": (no_module("sklearn.cross_validation"), "scikit-learn<0.20"),
    "sklearn_private": (no_module("sklearn.utils.linear_assignment_"), "scikit-learn<0.22"),
    "sklearn_plots": (import_name("sklearn.metrics", "plot_confusion_matrix"), "scikit-learn<1.2"),
    "sklearn_imputer": (import_name("sklearn.preprocessing", "Imputer"), "scikit-learn<0.22"),
    "sklearn_feature_names": (
        "AttributeError: 'TfidfVectorizer' object has no attribute 'get_feature_names'\n",
        "scikit-learn<1.2",
    ),
    "sklearn_arguments_14": (
        "TypeError: AgglomerativeClustering.__init__() got an unexpected keyword argument 'affinity'\n",
        "scikit-learn<1.2",
    ),
    "sklearn_arguments_16": ("TypeError: got an unexpected keyword argument 'squared'\n", "scikit-learn<1.6"),
    "sklearn_tags": ("AttributeError: 'super' object has no attribute '__sklearn_tags__'\n", "scikit-learn<1.6"),
    "skimage_measure": (import_name("skimage.measure", "compare_ssim"), "scikit-image<0.18"),
    "skimage_grey": (import_name("skimage.feature", "greycomatrix"), "scikit-image<0.21"),
    "skimage_multichannel": (
        "TypeError: rescale() got an unexpected keyword argument 'multichannel'\n",
        "scikit-image<0.20",
    ),
    "pandas_panel": (lacks("pandas", "Panel"), "pandas<0.25"),
    "pandas_1_names": ("AttributeError: 'DataFrame' object has no attribute 'ix'\n", "pandas<1"),
    "pandas_2_names": ("AttributeError: 'DataFrame' object has no attribute 'append'\n", "pandas<2"),
    "pandas_2_arguments": (
        "TypeError: read_csv() got an unexpected keyword argument 'error_bad_lines'\n",
        "pandas<2",
    ),
    "pandas_3_names": ("AttributeError: 'DataFrame' object has no attribute 'applymap'\n", "pandas<3"),
    "pandas_newer": (lacks("pandas", "json_normalize"), "pandas>=1"),
    "matplotlib_get_cmap": (lacks("matplotlib.cm", "get_cmap"), "matplotlib<3.9"),
    "matplotlib_styles": (
        "OSError: 'seaborn-whitegrid' is not a valid package style, path of style file\n",
        "matplotlib<3.8",
    ),
    "matplotlib_normed": (
        "AttributeError: Rectangle.set() got an unexpected keyword argument 'normed'\n",
        "matplotlib<3.1",
    ),
    "matplotlib_canvas": (
        "AttributeError: 'FigureCanvasAgg' object has no attribute 'tostring_rgb'\n",
        "matplotlib<3.10",
    ),
    "matplotlib_title": (
        "AttributeError: 'FigureCanvasAgg' object has no attribute 'set_window_title'\n",
        "matplotlib<3.6",
    ),
    "matplotlib_warn": ("TypeError: use() got an unexpected keyword argument 'warn'\n", "matplotlib<3.3"),
    "matplotlib_gca": (
        "TypeError: FigureBase.gca() got an unexpected keyword argument 'projection'\n",
        "matplotlib<3.6",
    ),
    "networkx_node": ("AttributeError: 'Graph' object has no attribute 'node'\n", "networkx<2.4"),
    "networkx_matrix": (lacks("networkx", "from_numpy_matrix"), "networkx<3"),
    "pillow_filters": (lacks("PIL.Image", "ANTIALIAS"), "pillow<10"),
    "pillow_version": (import_name("PIL", "PILLOW_VERSION"), "pillow<7"),
    "pillow_util": (import_name("PIL._util", "is_directory"), "pillow<10.3"),
    "gensim_3": (
        "AttributeError: The vocab attribute was removed from KeyedVector in Gensim 4.0.0.\n",
        "gensim<4",
    ),
    "spacy_2": (
        "OSError: [E941] Can't find model 'en'. It looks like you're trying to load a model from a shortcut\n",
        "spacy<3",
    ),
    "nltk_punkt": (
        "LookupError: \n  Resource punkt_tab not found.\n  Please use the NLTK Downloader\n",
        "nltk<3.8.2",
    ),
    "numba_moved": (no_module("numba.decorators"), "numba<0.49"),
    "librosa_output": (lacks("librosa", "output"), "librosa<0.8"),
    "librosa_display": (lacks("librosa.display", "waveplot"), "librosa<0.9"),
    "librosa_positional": ("TypeError: mel() takes 0 positional arguments but 5 were given\n", "librosa<0.10"),
    "moviepy_editor": (no_module("moviepy.editor"), "moviepy<2"),
    "shapely_multi": ("TypeError: 'MultiPolygon' object is not iterable\n", "shapely<2"),
    "geopandas_datasets": (
        "AttributeError: The geopandas.dataset has been deprecated and was removed in GeoPandas 1.0.\n",
        "geopandas<1",
    ),
    "statsmodels_arima": (
        "NotImplementedError: \nstatsmodels.tsa.arima_model.ARMA and statsmodels.tsa.arima_model.ARIMA"
        " have\nbeen removed\n",
        "statsmodels<0.13",
    ),
    "qiskit_1": (import_name("qiskit", "Aer"), "qiskit<1"),
    "h5py_decode": ("AttributeError: 'str' object has no attribute 'decode'\n", "h5py<3"),
    "cython_runtime": ("Cython.Compiler.Errors.CompileError: /env/lib/mujoco_py/cymj.pyx\n", "cython<3"),
    "opencv_contrib": (lacks("cv2", "xfeatures2d"), "opencv-python → opencv-contrib-python-headless"),
    "opencv_typing": (lacks("cv2.dnn", "DictValue"), "opencv-python<4.6"),
    "imageio_ffmpeg": (
        "ImportError: To use the imageio ffmpeg plugin you need to install it\n",
        "added imageio-ffmpeg",
    ),
    # tools and the web
    "pkg_resources": (no_module("pkg_resources"), "added setuptools<66"),
    "distutils_version": (lacks("distutils", "version"), "setuptools<59.6"),
    "distutils": (no_module("distutils"), "added setuptools"),
    "setuptools_packaging": (import_name("pkg_resources", "packaging"), "setuptools<70"),
    "protobuf_descriptors": ("TypeError: Descriptors cannot be created directly.\n", "protobuf<3.21"),
    "protobuf_builder": (import_name("google.protobuf.internal", "builder"), "protobuf>=3.20"),
    "protobuf_factory": (
        "AttributeError: 'MessageFactory' object has no attribute 'GetPrototype'\n",
        "protobuf<5",
    ),
    "protobuf_runtime": (import_name("google.protobuf", "runtime_version"), "protobuf>=5.26"),
    "markupsafe_unicode": (import_name("markupsafe", "soft_unicode"), "markupsafe<2.1"),
    "jinja2_names": (import_name("jinja2", "contextfilter"), "jinja2<3.1"),
    "werkzeug_urls": (import_name("werkzeug.urls", "url_quote"), "werkzeug<3"),
    "werkzeug_old": (import_name("werkzeug.wrappers", "BaseResponse"), "werkzeug<2.1"),
    "werkzeug_root": (import_name("werkzeug", "cached_property"), "werkzeug<1"),
    "itsdangerous_json": (import_name("itsdangerous", "json"), "itsdangerous<2.1"),
    "flask_names": (import_name("flask", "escape"), "flask<2.3"),
    "click_unicode": (import_name("click", "_unicodefun"), "click<8.1"),
    "urllib3_1": (import_name("urllib3.util.ssl_", "DEFAULT_CIPHERS"), "urllib3<2"),
    "yaml_loader": ("TypeError: load() missing 1 required positional argument: 'Loader'\n", "pyyaml<6"),
    "entry_points": ("AttributeError: 'EntryPoints' object has no attribute 'get'\n", "importlib-metadata<5"),
    "typing_extensions": (import_name("typing_extensions", "deprecated"), "typing-extensions>=4.7"),
    "pydantic_1": (
        "pydantic.errors.PydanticImportError: `BaseSettings` has been moved to the `pydantic-settings` package.\n",
        "pydantic<2",
    ),
    "pydantic_2": (import_name("pydantic", "field_validator"), "pydantic>=2"),
    "marshmallow_version": (lacks("marshmallow", "__version_info__"), "marshmallow<4"),
    "sqlalchemy_1": (
        "sqlalchemy.exc.ObjectNotExecutableError: Not an executable object: 'SELECT 1'\n",
        "sqlalchemy<2",
    ),
    "httpx_proxies": ("TypeError: Client.__init__() got an unexpected keyword argument 'proxies'\n", "httpx<0.28"),
    "antlr": (
        "Exception: Could not deserialize ATN with version \x03 (expected 4).\n",
        "antlr4-python3-runtime<4.10",
    ),
    "pytest_8": ("pytest.PytestRemovedIn8Warning: Support for nose tests is deprecated\n", "pytest<8"),
}
