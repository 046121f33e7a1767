#!/bin/bash
set -e
LR=0.1
for SEED in 1 2; do
    CUDA_VISIBLE_DEVICES=0 python train.py \
        --lr $LR --seed $SEED  # the first of five
done
