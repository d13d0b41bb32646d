# CMake's own FindPython, for the other outputs of a recipe (../compilers.cmake).
#
# It keeps in the cache what interpreters have told it, and believes that if it finds its signatures
# there as well, which it makes of what it is to look for and of the paths that it found. Another
# output has other paths and so another signature. Signatures are made anew here, as FindPython
# does it; if it does so in another way one day, then nothing is kept, or it asks again.
#
# FindPython looks at CMake's own variables and at those with its name.
if(NOT COMMAND crosscraft_module)  # another CMake, which somebody told of our folder
  include("${CMAKE_ROOT}/Modules/FindPython.cmake")
  return()
endif()

# Its signatures, of what it is to look for, for what is in the cache now.
function(crosscraft_sign_python look_for interpreter module)
  string(MD5 of_interpreter "${look_for}:${_Python_EXECUTABLE}")
  string(MD5 of_module "${look_for}:;${_Python_INCLUDE_DIR}:")
  set(${interpreter} "${of_interpreter}" PARENT_SCOPE)
  set(${module} "${of_module}" PARENT_SCOPE)
endfunction()

# Whether a script, or the project by now, has changed what an interpreter would tell.
function(crosscraft_python_is_new variable)
  file(GLOB folders "$ENV{PREFIX}/lib/python*" "$ENV{PREFIX}/lib/python*/site-packages")
  execute_process(
    COMMAND find -H "$ENV{PREFIX}/bin" ${folders} -maxdepth 1 -newer "$ENV{CROSSCRAFT_BEGAN}"
    OUTPUT_VARIABLE changed ERROR_VARIABLE failed)
  set(${variable} TRUE PARENT_SCOPE)
  if("${changed}${failed}" STREQUAL "")
    set(${variable} FALSE PARENT_SCOPE)
  endif()
endfunction()

function(crosscraft_take_python place)
  crosscraft_take_later("${place}" "Python" taken)
  if(taken)
    get_property(look_for GLOBAL PROPERTY crosscraft_python)
    crosscraft_sign_python("${look_for}" interpreter module)
    set(_Python_INTERPRETER_SIGNATURE "${interpreter}" CACHE INTERNAL "")
    set(_Python_DEVELOPMENT_MODULE_SIGNATURE "${module}" CACHE INTERNAL "")
  endif()
endfunction()

function(crosscraft_keep_python place)
  get_cmake_property(signed CACHE_VARIABLES)
  list(FILTER signed INCLUDE REGEX "^_Python_.*_SIGNATURE$")
  list(SORT signed)
  crosscraft_sign_python("${_Python_SIGNATURE}" interpreter module)
  if(NOT signed STREQUAL "_Python_DEVELOPMENT_MODULE_SIGNATURE;_Python_INTERPRETER_SIGNATURE"
      OR NOT interpreter STREQUAL _Python_INTERPRETER_SIGNATURE
      OR NOT module STREQUAL _Python_DEVELOPMENT_MODULE_SIGNATURE)
    return()
  endif()
  crosscraft_entries("^_Python_(EXECUTABLE|INCLUDE_DIR|INTERPRETER_PROPERTIES)$" lines)
  if(NOT lines STREQUAL "")
    string(APPEND lines
      "set_property(GLOBAL PROPERTY crosscraft_python [==[${_Python_SIGNATURE}]==])\n")
    crosscraft_keep_entries("${lines}" "${place}")
  endif()
endfunction()

set(crosscraft_place)
crosscraft_module(FindPython crosscraft_module)
if("Interpreter" IN_LIST Python_FIND_COMPONENTS AND NOT DEFINED CACHE{_Python_EXECUTABLE}
    AND crosscraft_module STREQUAL "${CMAKE_ROOT}/Modules/FindPython.cmake")
  crosscraft_python_is_new(crosscraft_is_new)
  if(NOT crosscraft_is_new)
    crosscraft_variables("^_?Python_" crosscraft_knows)
    crosscraft_place("FindPython${crosscraft_knows}" crosscraft_place)
    crosscraft_take_python("${crosscraft_place}")
  endif()
endif()
include("${crosscraft_module}")
if(NOT crosscraft_place STREQUAL "")
  crosscraft_keep_python("${crosscraft_place}")
endif()
foreach(crosscraft_name is_new knows module place name)
  unset(crosscraft_${crosscraft_name})
endforeach()
