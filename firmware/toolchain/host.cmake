# GCC of this computer, to run the firmware's core as a process.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_C_COMPILER ${HB_GCC})
set(CMAKE_CXX_COMPILER ${HB_GXX})
include(${CMAKE_CURRENT_LIST_DIR}/known_gcc.cmake)
