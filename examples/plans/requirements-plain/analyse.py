import numpy as np
import pandas as pd

if __name__ == "__main__":
    print(pd.Series(np.arange(3)).mean())
