/* Registers of every Cortex-M (Armv7-M Architecture Reference Manual, DDI 0403E, section B3). */
#ifndef HB_CORTEX_M_H
#define HB_CORTEX_M_H

#include <stdint.h>

#define CORTEX_M_REGISTER(address) (*(volatile uint32_t *)(address))

#define NVIC_ISER(n) CORTEX_M_REGISTER(0xE000E100u + 4u * (n))
#define SCB_ICSR CORTEX_M_REGISTER(0xE000ED04u)
#define SCB_CCR CORTEX_M_REGISTER(0xE000ED14u)
#define SCB_CFSR CORTEX_M_REGISTER(0xE000ED28u)
#define SCB_HFSR CORTEX_M_REGISTER(0xE000ED2Cu)
#define SCB_MMFAR CORTEX_M_REGISTER(0xE000ED34u)
#define SCB_BFAR CORTEX_M_REGISTER(0xE000ED38u)
#define SCB_CPACR CORTEX_M_REGISTER(0xE000ED88u)

/* Protected Memory System Architecture, PMSAv7 (DDI 0403E, section B3.5). */
#define MPU_TYPE CORTEX_M_REGISTER(0xE000ED90u)
#define MPU_CTRL CORTEX_M_REGISTER(0xE000ED94u)
#define MPU_RNR CORTEX_M_REGISTER(0xE000ED98u)
#define MPU_RBAR CORTEX_M_REGISTER(0xE000ED9Cu)
#define MPU_RASR CORTEX_M_REGISTER(0xE000EDA0u)

#define MPU_TYPE_DREGION (0xFFu << 8)
#define MPU_CTRL_ENABLE (1u << 0)
#define MPU_CTRL_PRIVDEFENA (1u << 2) /* the default map where no region is */
#define MPU_RASR_ENABLE (1u << 0)
#define MPU_RASR_SIZE(log2) (((log2) - 1u) << 1)
#define MPU_RASR_XN (1u << 28) /* with access permission 0: no access at all */

#define SCB_CFSR_STKOF (1u << 20) /* Armv8-M (DDI 0553): below the stack's limit, else zero */
#define SCB_CCR_DIV_0_TRP (1u << 4)
#define SCB_CPACR_FPU_FULL_ACCESS (0xFu << 20)
#define SCB_ICSR_VECTACTIVE 0x1FFu

/* Entries of the vector table before the first interrupt. */
#define CORTEX_M_EXCEPTIONS 16u

static inline void cortex_m_enable_irq(uint32_t irq)
{
    NVIC_ISER(irq / 32u) = 1u << (irq % 32u);
}

/* The SysTick handler, for a driver that needs one; a fault unless one defines it. */
void cortex_m_systick(void);

static inline void cortex_m_barrier(void)
{
    __asm volatile("dsb\n\tisb" ::: "memory");
}

#endif
