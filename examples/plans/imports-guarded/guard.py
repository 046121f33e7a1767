try:
    import cupy as xp
except ImportError:
    import numpy as xp

if False:
    import unreachable

if __name__ == "__main__":
    import tqdm

    print(xp.ones(1), tqdm, unreachable)
