crosscraft_keep_compilers()
crosscraft_note()
