# GCC for RISC-V, which makes 32-bit code as well; see arm-none-eabi.cmake.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR riscv)
set(CMAKE_C_COMPILER ${HB_GCC})
set(CMAKE_CXX_COMPILER ${HB_GXX})
set(CMAKE_ASM_COMPILER ${HB_GCC})
include(${CMAKE_CURRENT_LIST_DIR}/known_gcc.cmake)
