# The manual pages, printed by the program itself from the definitions that --help shows.
set(pages)
set(vault_verbs
    create list describe delete upload retrieve download remove inventory adopt
    jobs job uploads abort treehash search
    notify-topics notify-subscriptions notify-subscribe notify-unsubscribe notify-sync
    notify-show notify-off
    policy-show policy-set policy-remove
    lock-show lock-start lock-complete lock-abort
    tags-show tags-set tags-remove
    retrieval-policy-show retrieval-policy-set)
list(TRANSFORM vault_verbs PREPEND vault-)
foreach(verb "" init backup list verify restore thaw copy policy key-generate key-check
             stream-inspect catalog-rebuild ${vault_verbs})
  set(page ${CMAKE_BINARY_DIR}/man/zglacier.8)
  if(verb)
    set(page ${CMAKE_BINARY_DIR}/man/zglacier-${verb}.8)
  endif()
  add_custom_command(OUTPUT ${page}
                     COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/man
                     COMMAND zglacier man ${verb} > ${page} DEPENDS zglacier)
  list(APPEND pages ${page})
endforeach()
add_custom_target(man ALL DEPENDS ${pages})
include(GNUInstallDirs)
install(FILES ${pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
