# What CMake finds out about compilers in `project()`, for the other outputs of the recipe: these
# have other folders, and much the same environments. Only answers.cmake includes this, where it
# has nothing better.
#
# What is kept has marks in place of a build's own folders, and so has what its name is made of
# (compilers.sh). Of the variables of CMake only its own count, since it looks at no others for
# compilers. They are as they are when `project()` begins; what was found by when it ends is kept.

function(crosscraft_mark text variable)
  string(REPLACE "@" "@@" text "${text}")
  foreach(name PREFIX BUILD_PREFIX SRC_DIR)
    string(REPLACE "$ENV{${name}}" "@${name}@" text "${text}")
  endforeach()
  get_filename_component(folder "$ENV{BUILD_PREFIX}" DIRECTORY)
  string(REPLACE "${folder}" "@FOLDER@" text "${text}")
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()

function(crosscraft_unmark text variable)
  foreach(name PREFIX BUILD_PREFIX SRC_DIR)
    string(REPLACE "@${name}@" "$ENV{${name}}" text "${text}")
  endforeach()
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()

# The marked `text` as a file, unless something in it lies elsewhere, or looks like a mark.
function(crosscraft_keep_marked text file)
  crosscraft_mark("${text}" text)
  string(REPLACE "${CMAKE_TOOLCHAIN_FILE}" "" elsewhere "${text}")
  if(elsewhere MATCHES "[\";[]/|@FOLDER@|@SRC_DIR@|@@")
    set(crosscraft_lies_elsewhere TRUE PARENT_SCOPE)
  else()
    file(WRITE "${file}" "${text}")
  endif()
endfunction()

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
set(CMAKE_PROJECT_INCLUDE "${CMAKE_CURRENT_LIST_DIR}/compilers_found.cmake")
crosscraft_is_kept("${crosscraft_compilers}" crosscraft_kept)
if(crosscraft_kept)
  file(GLOB crosscraft_files "${crosscraft_compilers}/*.cmake")
  foreach(crosscraft_file IN LISTS crosscraft_files)
    file(READ "${crosscraft_file}" crosscraft_text)
    crosscraft_unmark("${crosscraft_text}" crosscraft_text)
    get_filename_component(crosscraft_file "${crosscraft_file}" NAME)
    if(crosscraft_file STREQUAL "entries.cmake")
      cmake_language(EVAL CODE "${crosscraft_text}")
    else()
      file(WRITE "${CMAKE_PLATFORM_INFO_DIR}/${crosscraft_file}" "${crosscraft_text}")
    endif()
  endforeach()
  message(STATUS "What CMake found out for another output about compilers holds here too")
endif()
foreach(crosscraft_name asked knows files file text name)
  unset(crosscraft_${crosscraft_name})
endforeach()
