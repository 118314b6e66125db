# GCC for Cortex-M. The compiler is known, so CMake's own tests of it, which take longer
# than a job's compilation, are answered here.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR arm)
set(CMAKE_C_COMPILER ${HB_GCC})
set(CMAKE_CXX_COMPILER ${HB_GXX})
set(CMAKE_ASM_COMPILER ${HB_GCC})
include(${CMAKE_CURRENT_LIST_DIR}/known_gcc.cmake)
