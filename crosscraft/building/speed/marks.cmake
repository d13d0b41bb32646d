# What is kept for the other outputs of a recipe. These have other folders, and much the same
# environments: what is kept has marks in place of a build's own folders, and so has what its name
# is made of.

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

# The names of CMake's own variables that are set now, but for two that CMake warns of reading, and
# for what differs from line to line: the function that is called, and what an expression matched.
function(crosscraft_own_names variable)
  get_cmake_property(names VARIABLES)
  list(FILTER names INCLUDE REGEX "^_?CMAKE_")
  list(FILTER names EXCLUDE REGEX "^CMAKE_((WARN|ERROR)_DEPRECATED|CURRENT_FUNCTION.*|MATCH_.+)$")
  set(${variable} "${names}" PARENT_SCOPE)
endfunction()

# Note what CMake's own variables are when `project()` ends.
function(crosscraft_note)
  crosscraft_own_names(names)
  set_property(GLOBAL PROPERTY crosscraft_names "${names}")
  foreach(name IN LISTS names)
    set_property(GLOBAL PROPERTY crosscraft_noted_${name} "=${${name}}")
  endforeach()
endfunction()

# Which of them were set, or set otherwise, or unset since, as lines. Until then all are as
# `crosscraft_compilers` has it, but that who detected a compiler knows more of how he did it.
function(crosscraft_set_since variable)
  crosscraft_own_names(names)
  get_property(noted GLOBAL PROPERTY crosscraft_names)
  set(lines)
  foreach(name IN LISTS names)
    get_property(before GLOBAL PROPERTY crosscraft_noted_${name})
    if(NOT before STREQUAL "=${${name}}")  # nothing, if it was not set
      string(REPLACE "\n" "\\n" value "${${name}}")
      string(APPEND lines "\n${name}=${value}")
    endif()
  endforeach()
  list(REMOVE_ITEM noted ${names})
  set(${variable} "${lines}\nunset: ${noted}" PARENT_SCOPE)
endfunction()

# Where the answers are kept that hang on `text`, on what was found out about compilers, and on what
# the project has set since then.
function(crosscraft_place text variable)
  get_property(compilers GLOBAL PROPERTY crosscraft_compilers)
  crosscraft_set_since(since)
  crosscraft_mark("${compilers}\n${text}${since}" text)
  string(SHA256 name "${text}")
  set(${variable} "$ENV{CROSSCRAFT_ANSWERS}/${name}" PARENT_SCOPE)
endfunction()

# The module that CMake would find if ours were not there, which come first.
function(crosscraft_module name variable)
  foreach(folder IN LISTS CMAKE_MODULE_PATH)
    if(EXISTS "${folder}/${name}.cmake"
        AND NOT folder STREQUAL "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/modules")
      set(${variable} "${folder}/${name}.cmake" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  set(${variable} "${CMAKE_ROOT}/Modules/${name}.cmake" PARENT_SCOPE)
endfunction()

# Put what is kept in `folder` into the cache and the build folder; says whether there was anything.
function(crosscraft_take folder variable)
  crosscraft_is_kept("${folder}" kept)
  set(${variable} ${kept} PARENT_SCOPE)
  if(NOT kept)
    return()
  endif()
  file(GLOB files "${folder}/*.cmake")
  foreach(file IN LISTS files)
    file(READ "${file}" text)
    crosscraft_unmark("${text}" text)
    get_filename_component(file "${file}" NAME)
    if(file STREQUAL "entries.cmake")
      cmake_language(EVAL CODE "${text}")
    else()
      file(WRITE "${CMAKE_PLATFORM_INFO_DIR}/${file}" "${text}")
    endif()
  endforeach()
endfunction()

# The same later on, when nobody holds the lock any more. What it is `about`, the log says.
function(crosscraft_take_later folder about variable)
  file(LOCK "$ENV{CROSSCRAFT_ANSWERS}.lock" RESULT_VARIABLE crosscraft_locked TIMEOUT 10)
  crosscraft_take("${folder}" taken)
  if(crosscraft_locked EQUAL 0)
    file(LOCK "$ENV{CROSSCRAFT_ANSWERS}.lock" RELEASE)
  endif()
  if(taken)
    message(STATUS "What CMake found out for another output about ${about} holds here too")
  endif()
  set(${variable} ${taken} PARENT_SCOPE)
endfunction()

# Keep the entries `lines` as `folder`.
function(crosscraft_keep_entries lines folder)
  string(RANDOM LENGTH 12 aside)
  set(aside "${folder}.${aside}")
  set(crosscraft_lies_elsewhere FALSE)
  crosscraft_keep_marked("${lines}" "${aside}/entries.cmake")
  if(NOT crosscraft_lies_elsewhere)
    crosscraft_keep("${aside}" "${folder}")
  endif()
endfunction()
