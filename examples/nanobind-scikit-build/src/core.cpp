#include <nanobind/nanobind.h>
#include <nanobind/stl/vector.h>

#include <vector>

namespace nb = nanobind;

/* The sieve of Eratosthenes. */
std::vector<unsigned> below(unsigned limit) {
    std::vector<bool> composite(limit);
    std::vector<unsigned> found;
    for (unsigned long n = 2; n < limit; n++) {
        if (composite[n]) continue;
        found.push_back(n);
        for (unsigned long multiple = n * n; multiple < limit; multiple += n)
            composite[multiple] = true;
    }
    return found;
}

NB_MODULE(_core, m) {
    m.def("below", &below, nb::arg("limit"), "Return the prime numbers below `limit`.");
}
