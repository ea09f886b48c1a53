# Compilations are kept in a cache outside of the tree, so that a fresh clone of what has been
# compiled before is built in seconds, in whatever folder it lies. Sets ZGLACIER_CACHE, the folder
# of all that is kept between builds.
if(DEFINED ENV{XDG_CACHE_HOME})
  set(ZGLACIER_CACHE $ENV{XDG_CACHE_HOME}/zglacier)
else()
  set(ZGLACIER_CACHE $ENV{HOME}/.cache/zglacier)
endif()
find_program(ccache ccache)
if(NOT ZGLACIER_CCACHE OR NOT ccache)
  return()
endif()
set(folder $ENV{CCACHE_DIR})
if(NOT folder)
  set(folder ${ZGLACIER_CACHE}/ccache)
endif()
# Paths below the tree are hashed as relative ones, and the folder of the build does not count.
set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_DIR=${folder} CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}
    CCACHE_NOHASHDIR=true CCACHE_SLOPPINESS=pch_defines,time_macros ${ccache})
