"""What a hyperparameter is, from the spellings that people use."""

import pytest

from tuneplay.domain.meaning import OPTIMIZER_MEANINGS, Meaning, meaning_of

SPELLINGS = {
    Meaning.LEARNING_RATE: "lr learning_rate learning-rate learningRate --learning-rate base_lr"
    " optim.lr lr0_max_lr optimizer.lr peak_lr init_lr lr_backbone training.learning_rate eta0"
    " optimizer/step_size lrate max_learning_rate",
    Meaning.SCHEDULE: "lr_schedule scheduler schedule lr_decay lr_gamma gamma cosine_decay"
    " lr_patience lr_scheduler_type decay_steps decay_rate milestones optimizer.lr_schedule T_max"
    " lr_decay_epochs lr_step_size",
    Meaning.WARMUP: "warmup warmup_steps warmup_epochs num_warmup_steps lr_warmup warmup_lr"
    " warmup_ratio pct_start",
    Meaning.MOMENTUM: "momentum sgd.momentum sgd_momentum nesterov_momentum mom",
    Meaning.BETA1: "beta1 beta_1 adam_beta1 b1 betas optim.beta1",
    Meaning.BETA2: "beta2 beta_2 adam_beta2 b2",
    Meaning.EPSILON: "eps epsilon adam_epsilon adam_eps opt.eps",
    Meaning.OPTIMIZER: "optimizer optim opt optimiser optimizer_name optimizer.name",
    Meaning.OPTIMIZER_DETAIL: "nesterov rho amsgrad dampening",
    Meaning.CLIPPING: "max_grad_norm grad_clip clip_norm gradient_clip_val clip_grad_norm",
    Meaning.WEIGHT_DECAY: "wd weight_decay weightDecay l2 l2_reg optimizer.weight_decay"
    " weight-decay l2_penalty",
    Meaning.DROPOUT: "dropout dropout_rate drop_path drop_rate attention_dropout p_dropout"
    " hidden_dropout_prob stochastic_depth",
    Meaning.LABEL_SMOOTHING: "label_smoothing smoothing labelSmoothing",
    Meaning.AUGMENTATION: "mixup mixup_alpha cutmix randaugment augment data_augmentation aug",
    Meaning.BATCH_SIZE: "batch_size batch-size bs train_batch_size per_device_train_batch_size"
    " batchSize data.batch_size global_batch_size minibatch_size",
    Meaning.ACCUMULATION: "gradient_accumulation_steps accum_iter grad_accum_steps"
    " accumulate_grad_batches grad_accum",
    Meaning.LENGTH: "epochs epoch num_epochs n_epochs max_epochs train_steps max_steps"
    " num_train_steps trainer.max_epochs max_train_steps total_steps max-epochs training_iterations",
    Meaning.EARLY_STOPPING: "early_stopping early_stopping_patience patience early_stop",
    Meaning.SEED: "seed random_seed manual_seed random_state data.seed",
    Meaning.INITIALIZATION: "init init_scale weight_init initializer kernel_initializer"
    " initializer_range",
    Meaning.NORMALIZATION: "norm normalization batch_norm layer_norm norm_layer use_bn",
    Meaning.ACTIVATION: "activation act act_fn nonlinearity activation_function",
    Meaning.ARCHITECTURE: "hidden_layers num_layers n_layers layers depth width num_heads filters"
    " hidden_size hidden_dim d_model model arch architecture kernel_size units embed_dim n_head"
    " model.depth encoder_layers",
}


@pytest.mark.parametrize(
    ("name", "meaning"),
    [(name, meaning) for meaning, names in SPELLINGS.items() for name in names.split()],
)
def test_usual_spellings_are_recognised(name, meaning):
    assert meaning_of(name) is meaning


@pytest.mark.parametrize(
    "name",
    [
        "steps",
        "n_steps",
        "num_steps",
        "steps_per_epoch",
        "eval_every_epochs",
        "pretrain_epochs",
        "dataset",
        "num_workers",
        "hidden",
        "alphabet",
        "b",
        "l2_cache_size",
        "momentous",
        "temperature",
        "tau",
        "alpha",
        "c",
        "device",
        "fold",
    ],
)
def test_other_names_mean_nothing_in_particular(name):
    assert meaning_of(name) is None


@pytest.mark.parametrize("meaning", SPELLINGS)
def test_every_meaning_may_stand_below_a_prefix(meaning):
    name = SPELLINGS[meaning].split()[0]
    assert meaning_of(f"cfg.{name}") is meaning


def test_the_optimizers_own_hyperparameters_interact_with_other_changes():
    for name in ("lr", "adam_beta1", "wd", "warmup_steps", "grad_clip"):
        assert meaning_of(name) in OPTIMIZER_MEANINGS
    for name in ("optimizer", "batch_size", "dropout", "depth", "x"):
        assert meaning_of(name) not in OPTIMIZER_MEANINGS
