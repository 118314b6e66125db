/* Any trap ends here: nothing is expected. */
#ifndef HB_FAULT_H
#define HB_FAULT_H

void fault_entry(void);

#endif
