"""What a source binds, and the containers in its types."""

from __future__ import annotations

import pytest

from crosscraft.building.check import cxx_bindings, cxx_language, cxx_types

DECLARED = """
#include <vector>
namespace fs = std::filesystem;
using Row = std::vector<double>;
using std::map;
API_EXPORT std::vector<int> free_function(int n, const Row& row = {});
template <class T> T largest(const std::vector<T>& values);
struct Table {
    map<int, int> counts;
    auto names() const noexcept -> std::vector<std::string>;
    static void over(int);
    static void over(std::string);
};
void user() { free_function(3, {}); return over(1); }
"""
BOUND = [
    ("&free_function", {"vector"}, {"vector"}),
    ("free_function", {"vector"}, {"vector"}),
    ("&ns::largest<int>", {"vector"}, set()),
    ("&Any<float, 3>::free_function", {"vector"}, {"vector"}),
    ("&Table::names", set(), {"vector", "string"}),
    ("&unknown", set(), set()),
    ("[](fs::path p) -> std::optional<Row> { return {}; }", {"filesystem"}, {"optional", "vector"}),
    ("[this](std::tuple<int, std::pair<int, int>> t) { return 1; }", {"tuple", "pair"}, set()),
    ("[](int n) { std::set<int> all; all.insert(n); return all; }", set(), {"set"}),
    ("static_cast<int (*)(std::array<int, 3>)>(&over)", {"array"}, set()),
    ("(int (Table::*)(std::string) const) &Table::over", {"string"}, set()),
    ("py::init([](std::list<int> all) { return Table(); })", {"list"}, set()),
    ("nb::overload_cast<std::string, int>(&Table::over)", {"string"}, set()),
    ("[](std::function<void(std::vector<int>)> f) {}", {"function", "vector"}, set()),
    ("[](std::vector<int>* v, std::unique_ptr<std::list<int>> p) {}", {"unique_ptr"}, set()),
    ("[](Grid<std::map<int, int>> g, vector<int> mine) {}", set(), set()),
    ("[](std::chrono::milliseconds m, std::complex<float> c) {}", {"chrono", "complex"}, set()),
]


@pytest.mark.parametrize(("expression", "taken", "returned"), BOUND)
def test_the_types_of_a_bound_function(expression, taken, returned):
    content = f'{DECLARED}\nNB_MODULE(m, m) {{ m.def("f", {expression}, "x"_a); }}'
    code = cxx_language.bare(content)
    names = cxx_types.names((code,))
    (function,) = cxx_bindings.bound(code, content, [code])
    found = [
        (
            {name for type_ in each.parameters for name in names.containers(type_)},
            set(names.containers(each.returns)),
        )
        for each in function.candidates
    ]
    assert function.name == "f"
    assert found == ([(taken, returned)] if found else [])
    assert found or not (taken or returned)


def test_overloads_are_all_candidates():
    content = f'{DECLARED}\nNB_MODULE(m, m) {{ m.def("f", &Table::over); }}'
    code = cxx_language.bare(content)
    (function,) = cxx_bindings.bound(code, content, [code])
    assert [each.parameters for each in function.candidates] == [("int",), ("std::string",)]


def test_what_a_source_binds_itself_is_not_converted():
    code = (
        "nb::bind_vector<std::vector<int>>(m, a); py::class_<std::list<int>, std::shared_ptr<int>>"
    )
    names = cxx_types.names((code,))
    types = ["std::vector<int>", "std::list<int>", "std::shared_ptr<int>"]
    assert [[*names.containers(type_)] for type_ in types] == [[], [], ["shared_ptr"]]
