# Compilations are cached outside of the tree, so that a fresh clone of code that was compiled
# before is built in seconds, in any folder. Sets ZGLACIER_CACHE, the folder for everything kept
# between builds.
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
# Paths below the tree are hashed as relative ones, and the build folder is ignored.
set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_DIR=${folder} CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}
    CCACHE_NOHASHDIR=true CCACHE_SLOPPINESS=pch_defines,time_macros ${ccache})
