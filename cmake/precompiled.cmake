# Precompiled headers for clang, which is faster with them; g++ 12 hardly is. They contain only
# headers of libraries, since ours change too often. They are in the cache, outside of the tree, so
# that ccache finds what another clone has compiled, unlike with CMake's own.

# zglacier_precompile(VARIABLE OPTIONS OPTION... HEADERS HEADER...): sets VARIABLE to the options
# with which a source uses the headers. OPTIONS are those of its target in addition to the
# project's. Empty for other compilers.
function(zglacier_precompile variable)
  cmake_parse_arguments(arg "" "" "OPTIONS;HEADERS" ${ARGN})
  set(${variable} "" PARENT_SCOPE)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang" OR CMAKE_DISABLE_PRECOMPILE_HEADERS)
    return()
  endif()
  list(TRANSFORM arg_HEADERS PREPEND "#include <")
  list(TRANSFORM arg_HEADERS APPEND ">\n")
  string(JOIN "" text ${arg_HEADERS})
  string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
  separate_arguments(flags UNIX_COMMAND "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}}")
  get_directory_property(options COMPILE_OPTIONS)
  list(FILTER options EXCLUDE REGEX "^-W")
  set(command ${CMAKE_CXX_COMPILER} -std=c++23 -DFMT_SHARED ${flags} ${options} ${arg_OPTIONS}
              -fpch-instantiate-templates)
  # An upgrade of a library or of the compiler changes the headers.
  execute_process(COMMAND dpkg-query --show libc6-dev libstdc++*-dev libfmt-dev nlohmann-json3-dev
                          libgtest-dev libgmock-dev clang-19
                  OUTPUT_VARIABLE packages ERROR_QUIET)
  string(SHA256 key "${command}${text}${packages}")
  string(SUBSTRING ${key} 0 12 key)
  set(header ${ZGLACIER_CACHE}/precompiled/${key}.hpp)
  if(NOT EXISTS ${header}.pch)
    message(STATUS "Precompiling headers")
    file(MAKE_DIRECTORY ${ZGLACIER_CACHE}/precompiled)
    file(WRITE ${header} "${text}")
    # Another build may be doing the same.
    string(RANDOM LENGTH 8 unique)
    execute_process(COMMAND ${command} -x c++-header ${header} -o ${header}.${unique}
                    COMMAND_ERROR_IS_FATAL ANY)
    file(RENAME ${header}.${unique} ${header}.pch)
  endif()
  set(${variable} "SHELL:-include-pch ${header}.pch" PARENT_SCOPE)
endfunction()

set(headers algorithm charconv chrono expected filesystem fstream functional map memory mutex
            optional random set span sstream string string_view thread utility vector
            fmt/format.h nlohmann/json.hpp)
zglacier_precompile(ZGLACIER_PCH HEADERS ${headers})
if(ZGLACIER_TESTS)
  zglacier_precompile(ZGLACIER_TEST_PCH OPTIONS -DGTEST_HAS_PTHREAD=1 -O0
                      HEADERS ${headers} gmock/gmock.h gtest/gtest.h)
endif()
