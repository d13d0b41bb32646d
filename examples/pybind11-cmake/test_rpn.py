"""The class works, and an exception thrown in C++ arrives as an exception in Python."""

import rpn

assert rpn.Calculator().run("3 4 + 2 *") == 14

try:
    rpn.Calculator().run("1 +")
except rpn.StackError as error:
    assert isinstance(error, ArithmeticError)
    assert str(error) == "an operator needs two numbers"
else:
    raise AssertionError("nothing was raised")
