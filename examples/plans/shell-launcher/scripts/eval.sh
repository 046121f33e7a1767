#!/bin/bash
python evaluate.py --checkpoint "$1/last.pt"
