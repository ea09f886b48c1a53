# Compilations are kept in a cache outside of the tree, so that a fresh clone of what has been compiled before is built in
# seconds, in whatever folder it lies.
if(NOT ZGLACIER_CCACHE)
  return()
endif()
find_program(ccache ccache)
if(NOT ccache)
  return()
endif()
set(cache $ENV{CCACHE_DIR})
set(cache_home $ENV{XDG_CACHE_HOME})
if(NOT cache_home)
  set(cache_home $ENV{HOME}/.cache)
endif()
if(NOT cache)
  set(cache ${cache_home}/zglacier/ccache)
endif()
# Paths below the tree are hashed as relative ones, and neither the folder of the build nor the age of a precompiled header counts.
set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_DIR=${cache} CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=true
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${ccache})
