"""What a hyperparameter is, from the spellings that people use."""

import pytest

from tuneplay.domain.meaning import (
    OPTIMIZER_MEANINGS,
    Meaning,
    are_reinforcement,
    may_be_length,
    meaning_of,
    meaning_there,
)

SPELLINGS = {
    Meaning.LEARNING_RATE: "lr learning_rate learning-rate learningRate --learning-rate base_lr"
    " optim.lr lr0_max_lr optimizer.lr peak_lr init_lr lr_backbone training.learning_rate eta0"
    " optimizer/step_size lrate max_learning_rate"
    " lr_g lr_d lrG lrD blr lr_actor lr_critic learning_rate_gen learning_rate_disc lr0"
    " lr_embed critic_lr policy_lr optimizer.step_size +optim.lr ++lr model/lr lr_1"
    " SOLVER.BASE_LR learn_rate lr_bert lr_inner",
    Meaning.SCHEDULE: "lr_schedule scheduler schedule lr_decay lr_gamma gamma cosine_decay"
    " lr_patience lr_scheduler_type decay_steps decay_rate milestones optimizer.lr_schedule T_max"
    " lr_decay_epochs lr_step_size"
    " scheduler.step_size sched.step_size lr_scheduler.step_size scheduler.gamma"
    " scheduler.patience lr_scheduler.patience cfg.scheduler.patience plateau.factor"
    " scheduler.total_steps sched schedule_type lr_sched lr_policy cfg.gamma"
    " min_lr lr_min final_lr min_lr_ratio decay_lr anneal_lr cyclic_lr warmdown_iters cooldown_frac",
    Meaning.WARMUP: "warmup warmup_steps warmup_epochs num_warmup_steps lr_warmup warmup_lr"
    " warmup_ratio pct_start"
    " warmup.epochs cfg.warmup.steps warmup_init_lr warmup_momentum warm_up_steps warmup_type",
    Meaning.MOMENTUM: "momentum sgd.momentum sgd_momentum nesterov_momentum mom"
    " optimizer_kwargs.momentum optimizer.init_args.momentum momentum_coef"
    " optim.momentum rmsprop.momentum base_momentum gan.optimizer.momentum",
    Meaning.BETA1: "beta1 beta_1 adam_beta1 b1 betas optim.beta1"
    " adam_beta optim.beta adam_betas optimizer.betas optimizer.betas.0",
    Meaning.BETA2: "beta2 beta_2 adam_beta2 b2 optimizer.betas.1",
    Meaning.EPSILON: "eps epsilon adam_epsilon adam_eps opt.eps"
    " eps_adam optimizer.eps adamw.eps rmsprop_eps",
    Meaning.OPTIMIZER: "optimizer optim opt optimiser optimizer_name optimizer.name"
    " opt_name optim_type optimizer_class",
    Meaning.OPTIMIZER_DETAIL: "nesterov rho amsgrad dampening",
    Meaning.CLIPPING: "max_grad_norm grad_clip clip_norm gradient_clip_val clip_grad_norm"
    " max_norm clip_gradients",
    Meaning.WEIGHT_DECAY: "wd weight_decay weightDecay l2 l2_reg optimizer.weight_decay"
    " weight-decay l2_penalty"
    " l2_coef l2_weight wdecay weight_decay_coef",
    Meaning.DROPOUT: "dropout dropout_rate drop_path drop_rate attention_dropout p_dropout"
    " hidden_dropout_prob stochastic_depth dropout1 dropouth dropout_emb dropedge",
    Meaning.LABEL_SMOOTHING: "label_smoothing smoothing labelSmoothing",
    Meaning.REGULARIZATION: "ema_decay l1 entropy_coef",
    Meaning.AUGMENTATION: "mixup mixup_alpha cutmix randaugment augment data_augmentation aug"
    " random_erasing horizontal_flip ra_magnitude aug_type",
    Meaning.BATCH_SIZE: "batch_size batch-size bs train_batch_size per_device_train_batch_size"
    " batchSize data.batch_size global_batch_size minibatch_size"
    " mb_size bsize batch_sz batch_size_train images_per_gpu SOLVER.IMS_PER_BATCH",
    Meaning.ACCUMULATION: "gradient_accumulation_steps accum_iter grad_accum_steps"
    " accumulate_grad_batches grad_accum"
    " grad_acc_steps acc_steps grad_acc gradient_accumulate_every accumulation_steps"
    " accumulate_grad",
    Meaning.LENGTH: "epochs epoch num_epochs n_epochs max_epochs train_steps max_steps"
    " num_train_steps trainer.max_epochs max_train_steps total_steps max-epochs training_iterations"
    " total_timesteps total_iters num_iterations num_iters n_iters n_iter niter"
    " max_updates max_update train.num_steps n_train_steps train_num_steps epoch_num"
    " epoch_count num_boost_round max_duration TRAIN.MAX_EPOCHS training_args.num_epochs"
    " cfg.trainer.max_steps hparams/epochs solver.max_iter epochs_total stop_epoch train_tokens num_of_epochs no_epochs"
    " steps_total optimizer_steps training_length",
    Meaning.EARLY_STOPPING: "early_stopping early_stopping_patience patience early_stop"
    " n_iter_no_change",
    Meaning.SEED: "seed random_seed manual_seed random_state env.seed seeds rng rng_seed seed_value seed0 rand_seed",
    Meaning.INITIALIZATION: "init init_scale weight_init initializer kernel_initializer"
    " initializer_range",
    Meaning.NORMALIZATION: "norm normalization batch_norm layer_norm norm_layer use_bn"
    " model/norm bn_momentum batch_norm.momentum layer_norm_eps norm.eps bn_eps"
    " rms_norm_eps",
    Meaning.ACTIVATION: "activation act act_fn nonlinearity activation_function",
    Meaning.ARCHITECTURE: "hidden_layers num_layers n_layers layers depth width num_heads filters"
    " hidden_size hidden_dim d_model model arch architecture kernel_size units embed_dim n_head"
    " model.depth encoder_layers"
    " hidden nhid hidden_sizes n_hidden num_hidden emsize dim_feedforward width_mult rnn_type",
}


@pytest.mark.parametrize(
    ("name", "meaning"),
    [(name, meaning) for meaning, names in SPELLINGS.items() for name in names.split()],
)
def test_usual_spellings_are_recognised(name, meaning):
    assert meaning_of(name) is meaning


NOTHING = {
    "no usual name": "steps_per_epoch eval_every_epochs dataset num_workers alphabet b momentous"
    " l2_cache_size temperature tau alpha c device fold acc",
    "rollouts": "steps n_steps num_steps",
    "the length of something else": "inner.max_steps finetune.epochs ema.epochs ppo.n_epochs"
    " pretrain.epochs pretrain_epochs opt_epochs finetune.trainer.max_epochs num_timesteps"
    " num_train_timesteps",
    "epochs of StepLR, or the step of an attack": "step_size attack.step_size train.step_size",
    "a Greek letter of something else": "beta vae.beta kl_beta beta_vae mu eta focal_gamma rl.gamma"
    " attack.eps fgsm_eps exploration.eps eps_greedy smooth_eps eps_clip",
    "the momentum of an average": "teacher_momentum ema_momentum",
    "a detail of something else, or a number": "dropout_hidden n_seeds",
    "it trains nothing": "eval_batch_size val_batch_size test_batch_size data.val.batch_size"
    " per_device_eval_batch_size evalBatchSize eval_seed",
    "a split stays as it is": "data_seed data.seed split_seed",
}


@pytest.mark.parametrize(
    ("name", "why"), [(name, why) for why, names in NOTHING.items() for name in names.split()]
)
def test_other_names_mean_nothing_in_particular(name, why):
    assert meaning_of(name) is None, why


@pytest.mark.parametrize("meaning", SPELLINGS)
def test_every_meaning_may_stand_below_a_prefix(meaning):
    name = SPELLINGS[meaning].split()[0]
    assert meaning_of(f"cfg.{name}") is meaning


def test_the_optimizers_own_hyperparameters_interact_with_other_changes():
    for name in ("lr", "adam_beta1", "wd", "warmup_steps", "grad_clip"):
        assert meaning_of(name) in OPTIMIZER_MEANINGS
    for name in ("optimizer", "batch_size", "dropout", "depth", "x"):
        assert meaning_of(name) not in OPTIMIZER_MEANINGS


@pytest.mark.parametrize(
    "name", ["gae_lambda", "clip-coef", "ent_coef", "num_envs", "n_envs", "algo.clip_range", "q_lr"]
)
def test_reinforcement_learning_is_known_by_names_that_it_alone_uses(name):
    names = name.split(".")[-1:]
    assert are_reinforcement(["lr", "gamma", *names])


def test_supervised_training_is_not_taken_for_reinforcement_learning():
    assert not are_reinforcement(["lr", "gamma", "buffer_size", "clip_norm", "epochs", "policy"])


def test_the_discount_and_the_epochs_of_an_update_are_no_schedule_and_no_length():
    assert meaning_there("gamma", reinforcement=False) is Meaning.SCHEDULE
    assert meaning_there("gamma", reinforcement=True) is None
    assert meaning_there("n_epochs", reinforcement=False) is Meaning.LENGTH
    assert meaning_there("n_epochs", reinforcement=True) is None
    assert meaning_there("lr", reinforcement=True) is Meaning.LEARNING_RATE


@pytest.mark.parametrize("name", ["steps", "num_steps", "n_steps", "iterations", "cfg.steps"])
def test_bare_steps_may_be_the_length_of_training_and_are_a_rollout_elsewhere(name):
    assert may_be_length(name, reinforcement=False)
    assert not may_be_length(name, reinforcement=True)


@pytest.mark.parametrize("name", ["diffusion_steps", "step_size", "eval.steps", "warmup_steps"])
def test_steps_of_something_else_are_not_taken_for_a_length(name):
    assert not may_be_length(name, reinforcement=False)
