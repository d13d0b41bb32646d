#include <pybind11/pybind11.h>

#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace py = pybind11;

class StackError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Calculator {
public:
    void push(double number) { stack_.push_back(number); }

    double pop() {
        if (stack_.empty()) throw StackError("an operator needs two numbers");
        double top = stack_.back();
        stack_.pop_back();
        return top;
    }

    double run(const std::string &program) {
        std::istringstream words(program);
        for (std::string word; words >> word;) {
            if (word == "+") push(pop() + pop());
            else if (word == "*") push(pop() * pop());
            else push(std::stod(word));
        }
        return pop();
    }

private:
    std::vector<double> stack_;
};

PYBIND11_MODULE(rpn, m) {
    m.doc() = "A calculator in reverse Polish notation.";
    py::register_exception<StackError>(m, "StackError", PyExc_ArithmeticError);
    py::class_<Calculator>(m, "Calculator")
        .def(py::init<>())
        .def("push", &Calculator::push, py::arg("number"), "Put a number on the stack.")
        .def("pop", &Calculator::pop, "Take the last number from the stack.")
        .def("run", &Calculator::run, py::arg("program"),
             "Run a program such as \"3 4 +\", and return its result.");
}
