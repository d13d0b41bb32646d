crosscraft_keep_compilers()
