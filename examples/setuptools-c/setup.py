from setuptools import Extension, setup

setup(
    ext_modules=[Extension("edit_distance._distance", ["src/distance.c"])],
)
