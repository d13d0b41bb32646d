cimport numpy

numpy.import_array()


def of(numpy.ndarray[double] numbers):
    cdef double total = 0
    for number in numbers:
        total += number
    return total
