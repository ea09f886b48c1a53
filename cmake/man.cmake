# The manual pages, printed by the program itself from the definitions that --help shows.
set(pages)
foreach(verb "" init backup list verify restore thaw policy stream-inspect catalog-rebuild)
  set(page ${CMAKE_BINARY_DIR}/man/zglacier.8)
  if(verb)
    set(page ${CMAKE_BINARY_DIR}/man/zglacier-${verb}.8)
  endif()
  add_custom_command(OUTPUT ${page} COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/man
                     COMMAND zglacier man ${verb} > ${page} DEPENDS zglacier)
  list(APPEND pages ${page})
endforeach()
add_custom_target(man ALL DEPENDS ${pages})
include(GNUInstallDirs)
install(FILES ${pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
