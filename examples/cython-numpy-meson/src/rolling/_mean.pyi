import numpy as np
from numpy.typing import ArrayLike, NDArray

def mean(values: ArrayLike, width: int) -> NDArray[np.float64]: ...
