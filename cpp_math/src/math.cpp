#include <nanobind/nanobind.h>

namespace nb = nanobind;
using namespace nb::literals;

int add(int a, int b) { return a + b; }

NB_MODULE(cpp_math, m) {
    m.doc() = "Arithmetic, compiled.";
    m.def("add", &add, "a"_a, "b"_a, "Return the sum of two integers.");
}
