"""Repairs for what frameworks of machine learning and their companions have removed, renamed or not yet had."""

from __future__ import annotations

from checker.core.edits import ChangeRequirement, Edit
from checker.core.plans import BuildPlan
from checker.ecosystems.python import plan_edits
from checker.ecosystems.python.distributions.packages import gpu_builds
from checker.ecosystems.python.repairs import actions, openmmlab
from checker.ecosystems.python.repairs.drift import lacks
from checker.ecosystems.python.repairs.drift_packages import object_lacks, unexpected
from checker.ecosystems.python.repairs.rows import added, pinned, rule
from checker.judging.repair_engine import Action, Change, Found, Rule


def both(*steps: Action) -> Action:
    """Do several actions as one repair; those that change nothing are passed over."""

    def action(plan: BuildPlan, found: Found) -> Change | None:
        edits: list[Edit] = []
        for step in steps:
            change = step(plan, found)
            if change is not None:
                plan = change[0]
                edits += change[1]
        return (plan, tuple(edits)) if edits else None

    return action


def jax_pair(plan: BuildPlan, found: Found) -> Change | None:
    """Keep jaxlib at or below the version of jax; the message names both."""
    return actions.constrain(plan, f"jaxlib<={found['jax']}")


def build_for_processors(plan: BuildPlan, found: Found) -> Change | None:
    """Put builds for processors, same versions, in the place of those that load a GPU toolkit on import."""
    edits: list[Edit] = []
    for line in plan.requirements:
        asked, instead = plan_edits.parse(line), gpu_builds().get(plan_edits.name_of(line))
        if asked is None or instead is None or asked.url:
            continue
        asked.name = instead
        there = plan_edits.line_for(plan.requirements, instead) is not None
        plan = plan_edits.replace(plan, plan_edits.name_of(line), None if there else str(asked)) or plan
        edits.append(ChangeRequirement(before=line, after=str(asked)))
    return (plan, tuple(edits)) if edits else None


_TF_1 = both(actions.pins("tensorflow<2", "protobuf<3.21", "h5py<3"), actions.python_at_most("3.7"))

_TF_1_NAMES = (
    "placeholder|Session|InteractiveSession|ConfigProto|GPUOptions|app|flags|get_default_graph"
    "|reset_default_graph|variable_scope|get_variable|global_variables_initializer|set_random_seed"
    "|logging|gfile|train_on_batch|contrib|layers|AUTO_REUSE|random_normal|random_uniform|to_float"
    "|to_int32|log|Print|truncated_normal|trainable_variables|all_variables|initialize_all_variables"
    "|summary_writer|sparse_placeholder|read_file|assert_rank"
)

TORCH: tuple[Rule, ...] = (
    pinned("torchvision_lsun", r"unexpected keyword argument 'db_path'", "torchvision<0.2"),
    pinned(
        "torch_six_names",
        r"cannot import name '(?:container_abcs|int_classes|queue)' from 'torch\._six'",
        "torch<1.9",
        "torchvision<0.10",
        "torchaudio<0.9",
    ),
    pinned("torch_six", r"No module named 'torch\._six'", "torch<2", "torchvision<0.15", "torchaudio<2"),
    pinned("torch_six_attribute", lacks("torch", "_six"), "torch<2", "torchvision<0.15", "torchaudio<2"),
    pinned("torchvision_utils", r"No module named 'torchvision\.models\.utils'", "torchvision<0.11", "torch<1.10"),
    pinned(
        "torchvision_functional",
        r"No module named 'torchvision\.transforms\.functional_tensor'",
        "torchvision<0.17",
        "torch<2.2",
    ),
    pinned(
        "torchvision_gdrive",
        lacks("torchvision.datasets.utils", "makedir_exist_ok|gen_bar_updater"),
        "torchvision<0.9",
        "torch<1.8",
    ),
    pinned(
        "torchvision_weights",
        lacks("torchvision.models", r"\w+_Weights|get_model|list_models|swin_\w+"),
        "torchvision>=0.14",
    ),
    pinned("torch_fft", lacks("torch", "rfft|irfft"), "torch<1.8", "torchvision<0.9"),
    pinned(
        "torch_linear_algebra",
        r"This function was deprecated since version 1\.9 and is now removed|"
        + lacks("torch", "symeig|eig|lstsq|matrix_rank|solve"),
        "torch<1.13",
        "torchvision<0.14",
    ),
    pinned("torch_accumulate", lacks("torch._utils", "_accumulate"), "torch<2.3"),
    pinned("torch_weights_only", r"Weights only load failed", "torch<2.6"),
    pinned(
        "torch_2_names",
        lacks("torch", "compile|vmap|func|UntypedStorage|get_default_device|set_default_device")
        + "|"
        + lacks("torch.nn.functional", "scaled_dot_product_attention"),
        "torch>=2",
    ),
    pinned(
        "torch_pytree",
        lacks("torch.utils._pytree", "register_pytree_node") + "|" + lacks("torch", "float8_e4m3fn|uint16|uint32"),
        "torch>=2.3",
    ),
    pinned(
        "torch_library",
        lacks("torch.library", "register_fake|custom_op") + "|" + lacks("torch.amp", "GradScaler|custom_fwd"),
        "torch>=2.4",
    ),
    pinned("torch_schedulers", lacks("torch.optim.lr_scheduler", "_LRScheduler|LRScheduler"), "torch>=2"),
    pinned("mkl_symbol", r"undefined symbol: iJIT_NotifyEvent", "mkl<2024.1"),
    pinned("torchtext_legacy", r"No module named 'torchtext\.legacy", "torchtext<0.12", "torch<1.12"),
    pinned(
        "torchtext_fields",
        lacks(
            "torchtext.data",
            "Field|BucketIterator|LabelField|TabularDataset|Iterator|Dataset|Example|RawField|NestedField",
        ),
        "torchtext<0.9",
        "torch<1.8",
    ),
    pinned("torchdata_pipes", r"No module named 'torchdata\.(?:datapipes|dataloader2)", "torchdata<0.8"),
    pinned(
        "geometric_loader",
        lacks(
            "torch_geometric.data",
            "DataLoader|NeighborSampler|ClusterData|DataListLoader|GraphSAINTRandomWalkSampler",
        ),
        "torch-geometric<2",
    ),
    added(
        "tensorboard_missing",
        r"No module named 'tensorboard'|TensorBoard logging requires TensorBoard",
        "tensorboard",
    ),
    pinned(
        "timm_helpers",
        lacks(
            r"timm.models.\w+",
            "overlay_external_default_cfg|build_model_with_cfg|_cfg|_load_weights|_init_vit_weights"
            "|_create_vision_transformer",
        ),
        "timm<0.6",
    ),
    pinned("timm_layers", r"No module named 'timm\.models\.(?:layers|registry|helpers|features)", "timm<0.9"),
    pinned("kornia_names", r"module 'kornia(?:\.\w+)?' has no attribute", "kornia<0.5"),
    pinned(
        "albumentations_imgaug",
        r"No module named 'albumentations\.imgaug'|"
        + lacks("albumentations", r"IAA\w+|ToTensor|Cutout|JpegCompression"),
        "albumentations<1",
    ),
    pinned("dgl_names", lacks("dgl", r"batch_hetero|transform|unbatch_hetero|DGLHeteroGraph"), "dgl<0.7"),
    pinned(
        "torchmetrics_f1",
        lacks("torchmetrics", "F1|IoU|PSNR|SSIM|FBeta|Hinge|R2|MAP")
        + "|"
        + lacks("torchmetrics.utilities.data", "get_num_classes"),
        "torchmetrics<0.8",
    ),
    pinned(
        "torchmetrics_task",
        r"__new__\(\) missing 1 required positional argument: 'task'|"
        + lacks("torchmetrics.utilities.imports", "_compare_version"),
        "torchmetrics<0.11",
    ),
    pinned(
        "lightning_15",
        r"No module named 'pytorch_lightning\.(?:metrics|core\.(?:decorators|step_result)|loggers\.test_tube)|"
        + r"Trainer\.__init__\(\) "
        + unexpected("distributed_backend|automatic_optimization|truncated_bptt_steps"),
        "pytorch-lightning<1.5",
    ),
    pinned(
        "lightning_17",
        r"__init__\(\) "
        + unexpected(
            "checkpoint_callback|progress_bar_refresh_rate|weights_summary|process_position"
            "|flush_logs_every_n_steps|prepare_data_per_node|stochastic_weight_avg|terminate_on_nan"
            "|log_gpu_memory"
        ),
        "pytorch-lightning<1.7",
    ),
    pinned(
        "lightning_18",
        r"No module named 'pytorch_lightning\.(?:utilities\.(?:distributed|cli|warnings)"
        r"|plugins\.training_type|accelerators\.gpu)|" + lacks("pytorch_lightning.utilities", "_module_available"),
        "pytorch-lightning<1.8",
    ),
    pinned(
        "lightning_2",
        r"__init__\(\) "
        + unexpected(
            "gpus|tpu_cores|auto_lr_find|auto_scale_batch_size|resume_from_checkpoint|num_processes"
            "|amp_backend|auto_select_gpus|replace_sampler_ddp|track_grad_norm|multiple_trainloader_mode"
            "|move_metrics_to_cpu"
        )
        + (
            "|has no attribute '(?:add_argparse_args|from_argparse_args)'"
            r"|Support for `\w+` has been removed in v2|No module named"
            r" 'pytorch_lightning\.(?:utilities\.(?:seed|cloud_io|apply_func)|strategies\.dp|lite)"
        ),
        "pytorch-lightning<2",
        "lightning<2",
    ),
)

TENSORFLOW: tuple[Rule, ...] = (
    rule(
        "gpu_build",
        r"lib(?:cublas|cublasLt|cudart|cudnn|cufft|curand|cusolver|cusparse|nvinfer|nccl|cuda)\.so[.\d]*:"
        " cannot open shared object file",
        build_for_processors,
        "Name the build that works without a GPU as well; say beside it which one you used.",
    ),
    rule(
        "tensorflow_contrib",
        r"No module named 'tensorflow\.contrib|module 'tensorflow' has no attribute 'contrib'",
        _TF_1,
        "State tensorflow<2 and Python 3.7.",
    ),
    rule(
        "tensorflow_1",
        lacks("tensorflow", _TF_1_NAMES)
        + (
            r"|No module named 'tensorflow\.examples|`loss` passed to Optimizer\.compute_gradients should be"
            " a function"
        ),
        _TF_1,
        "State tensorflow<2 and Python 3.7, or import tensorflow.compat.v1.",
    ),
    pinned(
        "tensorflow_python_keras",
        r"No module named 'tensorflow\.python\.keras|No module named 'tensorflow\.keras\.(?:wrappers"
        r"|layers\.experimental)",
        "tensorflow<2.12",
        "keras<2.12",
    ),
    pinned(
        "keras_1",
        r"from keras import [^\n]*\binitializations\b[^\n]*\n[ ~^]*\n?"
        "ImportError: cannot import name 'initializations'",
        "keras<2",
    ),
    pinned(
        "keras_backend",
        r"No module named 'keras\.(?:backend\.tensorflow_backend|layers\.(?:merge|normalization|core"
        "|convolutional|recurrent|embeddings|pooling|wrappers|advanced_activations)"
        r"|utils\.(?:generic_utils|vis_utils|training_utils|multi_gpu_utils)|objectives|legacy)",
        "keras<2.4",
        "tensorflow<2.4",
    ),
    pinned(
        "keras_names",
        lacks(
            r"keras.layers(?:\.\w+)?|keras.\w+(?:\.\w+)?",
            "Adam|SGD|RMSprop|multi_gpu_model|CuDNNLSTM|CuDNNGRU|BatchNormalization|Layer|InputSpec|np_utils"
            "|Merge|to_categorical|plot_model|conv_utils|Network|Container",
        ),
        "keras<2.4",
        "tensorflow<2.4",
    ),
    pinned(
        "keras_213",
        r"No module named 'keras\.(?:utils\.np_utils|engine|optimizers\.optimizer_v\d"
        r"|layers\.preprocessing|saving\.hdf5_format|preprocessing\.(?:text|sequence))",
        "keras<2.13",
        "tensorflow<2.13",
    ),
    pinned(
        "keras_learning_rate",
        r"Argument\(s\) not recognized: \{'(?:lr|decay)'|unexpected keyword argument '(?:lr|decay)'"
        "|`decay` is deprecated in the new Keras optimizer",
        "keras<2.11",
        "tensorflow<2.11",
    ),
    added("keras_3_transformers", r"Your currently installed version of Keras is Keras 3", "tf-keras"),
    pinned(
        "keras_3",
        "(?:is not|isn't|no longer) supported (?:in|by) Keras 3|only supported in Keras 2"
        r"|`keras\.optimizers\.legacy` is not supported|No module named 'keras\.src\.engine"
        r"|cannot be called with[^\n]{0,40}KerasTensor",
        "keras<3",
        "tensorflow<2.16",
    ),
)

LANGUAGE: tuple[Rule, ...] = (
    pinned(
        "transformers_3",
        r"No module named 'transformers\.(?:modeling|tokenization|configuration|data)_(?!utils|outputs"
        r"|auto|flax|tf|attn|rope|layers)\w+'",
        "transformers<4",
    ),
    pinned(
        "transformers_adamw",
        lacks("transformers", "AdamW") + "|" + lacks("transformers.optimization", "AdamW"),
        "transformers<4.45",
    ),
    pinned(
        "transformers_cached_path",
        lacks(r"transformers.file_utils", "cached_path|hf_bucket_url|is_remote_url"),
        "transformers<4.22",
    ),
    pinned(
        "transformers_masks",
        lacks(r"transformers.models.\w+.\w+", "_expand_mask|_make_causal_mask"),
        "transformers<4.35",
    ),
    pinned(
        "transformers_filtering",
        lacks("transformers", "top_k_top_p_filtering")
        + (
            r"|No module named 'transformers\.(?:generation_utils|generation_logits_process"
            "|generation_stopping_criteria|generation_beam_search)'"
        ),
        "transformers<4.39",
    ),
    pinned(
        "transformers_torch_helpers",
        lacks(
            "transformers.modeling_utils",
            "apply_chunking_to_forward|find_pruneable_heads_and_indices|prune_linear_layer|Conv1D|prune_layer",
        ),
        "transformers<4.45",
    ),
    pinned(
        "transformers_is_tpu",
        lacks(r"transformers(?:\.\w+)?", "is_torch_tpu_available|is_torch_fx_available"),
        "transformers<4.41",
    ),
    pinned(
        "transformers_generation",
        lacks(
            r"transformers(?:\.[\w.]+)?",
            r"LogitsWarper|BeamSearchScorer|GreedySearch\w*Output|Sample\w+Output|BeamSearch\w*Output"
            "|ConstrainedBeamSearchScorer|BeamScorer",
        ),
        "transformers<4.40",
    ),
    pinned(
        "transformers_5",
        lacks("transformers", "AutoModelWithLMHead|AutoModelForVision2Seq|TFBertModel")
        + r"|No module named 'transformers\.(?:deepspeed|onnx|file_utils|tokenization_utils_fast)'",
        "transformers<5",
    ),
    pinned(
        "hub_cached_download",
        lacks("huggingface_hub", "cached_download|HfFolder|Repository"),
        "huggingface-hub<0.26",
    ),
    pinned("hub_lazy", "No huggingface_hub attribute hf_api", "huggingface-hub<0.8"),
    pinned("hub_shards", lacks("huggingface_hub", "split_torch_state_dict_into_shards"), "huggingface-hub>=0.23"),
    pinned("datasets_metric", lacks("datasets", "load_metric|list_metrics"), "datasets<3"),
    pinned("datasets_scripts", r"Dataset scripts are no longer supported", "datasets<4"),
    pinned("peft_int8", lacks("peft", "prepare_model_for_int8_training"), "peft<0.10"),
    pinned(
        "openai_0",
        r"no longer supported in openai>=1\.0\.0|module 'openai' has no attribute '(?:ChatCompletion"
        r"|Completion|Embedding|error|api_requestor)'|No module named 'openai\.(?:error|embeddings_utils)'",
        "openai<1",
    ),
    pinned("openai_1", lacks("openai", "OpenAI|AsyncOpenAI|AzureOpenAI"), "openai>=1"),
    added(
        "langchain_community",
        r"Module langchain_community\.?\w* not found|No module named 'langchain_community'",
        "langchain-community",
    ),
    pinned(
        "langchain_0",
        r"No module named 'langchain\.(?:chat_models|llms|embeddings|vectorstores|document_loaders|schema"
        r"|prompts|memory|chains|docstore|text_splitter|callbacks|agents\.\w+)'",
        "langchain<0.1",
    ),
    pinned(
        "sacrebleu_1",
        lacks("sacrebleu", "TOKENIZERS|DEFAULT_TOKENIZER|raw_corpus_bleu|smooth_bleu"),
        "sacrebleu<2",
    ),
    pinned("fairseq_hydra", r"No module named 'hydra\.experimental'", "hydra-core<1.2"),
)

OTHERS: tuple[Rule, ...] = (
    pinned("gym_step", r"too many values to unpack \(expected 4\)", "gym<0.26"),
    pinned(
        "gym_rendering",
        r"cannot import name 'rendering' from 'gym\.envs\.classic_control'"
        r"|No module named 'gym\.(?:envs\.classic_control\.rendering|envs\.robotics"
        r"|wrappers\.(?:monitoring|monitor|pixel_observation)|benchmarks|spaces\.prng)|"
        + lacks("gym.wrappers", "Monitor|FlattenDictWrapper|SkipWrapper")
        + "|"
        + lacks("gym.spaces", "prng"),
        "gym<0.22",
    ),
    pinned("gym_seed", object_lacks(r"\w*(?:Env|Wrapper|TimeLimit|OrderEnforcing)", "seed"), "gym<0.26"),
    pinned(
        "gym_unpack",
        r"not enough values to unpack \(expected 5, got 4\)"
        r"|reset\(\) got an unexpected keyword argument '(?:seed|options|return_info)'",
        "gym>=0.26",
    ),
    pinned(
        "jax_tree",
        lacks("jax", "tree_map|tree_multimap|linear_util|tree_flatten|tree_leaves|abstract_arrays")
        + "|"
        + lacks("jax.random", "KeyArray")
        + (
            r"|No module named 'jax\.(?:config|linear_util|abstract_arrays|interpreters\.sharded_jit"
            r"|experimental\.(?:maps|global_device_array))'|"
        )
        + lacks("jax.config", "config"),
        "jax<0.4.24",
        "jaxlib<0.4.24",
    ),
    pinned(
        "jax_optimizers",
        r"No module named 'jax\.experimental\.(?:optimizers|stax)'|"
        + lacks("jax.experimental", "optimizers|stax|loops"),
        "jax<0.3",
        "jaxlib<0.3",
    ),
    rule(
        "jax_pair",
        r"jaxlib version [\w.]+ is newer than and incompatible with jax version (?P<jax>\d[\d.]{0,20}\d)",
        jax_pair,
        "State jax and jaxlib together.",
    ),
    pinned("flax_optim", r"No module named 'flax\.optim'|" + lacks("flax", "optim"), "flax<0.6"),
    pinned("ray_agents", r"No module named 'ray\.(?:rllib\.agents|tune\.suggest|rllib\.contrib)", "ray<2.3"),
    pinned("stable_baselines", r"No module named 'stable_baselines3\.common\.cmd_util'", "stable-baselines3<1.1"),
)

RULES = (*TORCH, *openmmlab.RULES, *TENSORFLOW, *LANGUAGE, *OTHERS)
