import numpy
cimport numpy

numpy.import_array()


def mean(values, Py_ssize_t width):
    """Return the average of each `width` neighbours in `values`."""
    cdef numpy.ndarray[double, ndim=1] series = numpy.asarray(values, dtype=numpy.float64)
    if not 1 <= width <= series.size:
        raise ValueError(f"the width is {width}, and the series has {series.size} values")
    cdef numpy.ndarray[double, ndim=1] means = numpy.empty(series.size - width + 1)
    cdef double total = 0
    cdef Py_ssize_t i
    for i in range(series.size):
        total += series[i]
        if i >= width:
            total -= series[i - width]
        if i >= width - 1:
            means[i - width + 1] = total / width
    return means
