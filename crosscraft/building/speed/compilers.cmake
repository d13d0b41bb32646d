# What CMake finds out about compilers in `project()`, for the other outputs of the recipe. Only
# answers.cmake includes this, where it has nothing better.
#
# Of the variables of CMake only its own count, since it looks at no others for compilers. They are
# as they are when `project()` begins; what was found by when it ends is kept. What is found after
# that, modules/ sees to: CMake looks there first for its own.
include("${CMAKE_CURRENT_LIST_DIR}/marks.cmake")

# What was taken about a language that `project()` has not enabled goes again: if it is enabled
# later, then by other variables.
function(crosscraft_forget_compiler language)
  file(REMOVE "${CMAKE_PLATFORM_INFO_DIR}/CMake${language}Compiler.cmake")
  foreach(name "" _AR _RANLIB)
    unset(CMAKE_${language}_COMPILER${name} CACHE)
  endforeach()
endfunction()

# Called at the end of `project()` (compilers_found.cmake).
function(crosscraft_keep_compilers)
  unset(CMAKE_PROJECT_INCLUDE PARENT_SCOPE)
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if(crosscraft_kept)
    foreach(language C CXX)
      if(NOT language IN_LIST languages)
        crosscraft_forget_compiler(${language})
      endif()
    endforeach()
    return()
  endif()
  string(RANDOM LENGTH 12 aside)
  set(aside "${crosscraft_compilers}.${aside}")
  set(found FALSE)
  set(crosscraft_lies_elsewhere FALSE)
  foreach(language C CXX)
    set(file "${CMAKE_PLATFORM_INFO_DIR}/CMake${language}Compiler.cmake")
    if(language IN_LIST languages AND CMAKE_${language}_COMPILER_WORKS AND EXISTS "${file}")
      file(READ "${file}" text)
      crosscraft_keep_marked("${text}" "${aside}/CMake${language}Compiler.cmake")
      set(found TRUE)
    endif()
  endforeach()
  if(NOT found)
    return()
  endif()
  crosscraft_entries("^CMAKE_" lines)
  crosscraft_keep_marked("${lines}" "${aside}/entries.cmake")
  if(lines STREQUAL "" OR crosscraft_lies_elsewhere)
    file(REMOVE_RECURSE "${aside}")
  else()
    crosscraft_keep("${aside}" "${crosscraft_compilers}")
  endif()
endfunction()

# Code of the project's that runs between here and what it is about may do as it likes; such a
# project does without.
foreach(crosscraft_name
    CMAKE_PROJECT_INCLUDE CMAKE_PROJECT_TOP_LEVEL_INCLUDES CMAKE_MODULE_PATH
    CMAKE_USER_MAKE_RULES_OVERRIDE CMAKE_USER_MAKE_RULES_OVERRIDE_C
    CMAKE_USER_MAKE_RULES_OVERRIDE_CXX)
  if(NOT "${${crosscraft_name}}" STREQUAL "" OR DEFINED CACHE{${crosscraft_name}})
    return()
  endif()
endforeach()
execute_process(
  COMMAND bash "${CMAKE_CURRENT_LIST_DIR}/compilers.sh" "${CMAKE_BINARY_DIR}"
  OUTPUT_VARIABLE crosscraft_asked)
if(crosscraft_asked STREQUAL "")
  return()
endif()
crosscraft_what_cmake_knows("^_?CMAKE_" crosscraft_knows)
crosscraft_mark("${crosscraft_asked}${crosscraft_knows}" crosscraft_asked)
string(SHA256 crosscraft_compilers "${crosscraft_asked}")
set(crosscraft_compilers "$ENV{CROSSCRAFT_ANSWERS}/${crosscraft_compilers}")
set_property(GLOBAL PROPERTY crosscraft_compilers "${crosscraft_compilers}")
set(CMAKE_PROJECT_INCLUDE "${CMAKE_CURRENT_LIST_DIR}/compilers_found.cmake")
set(CMAKE_MODULE_PATH "${CMAKE_CURRENT_LIST_DIR}/modules")
# A project that has modules, or asks whether it has, does without ours.
crosscraft_files(crosscraft_files)
foreach(crosscraft_name IN LISTS crosscraft_files)
  file(STRINGS "${crosscraft_name}" crosscraft_has REGEX "CMAKE_MODULE_PATH" LIMIT_COUNT 1)
  if(NOT crosscraft_has STREQUAL "")
    unset(CMAKE_MODULE_PATH)
    break()
  endif()
endforeach()
crosscraft_take("${crosscraft_compilers}" crosscraft_kept)
if(crosscraft_kept)
  message(STATUS "What CMake found out for another output about compilers holds here too")
endif()
foreach(crosscraft_name asked files has knows name)
  unset(crosscraft_${crosscraft_name})
endforeach()
