/* Any exception that nobody expects ends here. */
#ifndef HB_FAULT_H
#define HB_FAULT_H

void fault_entry(void);

#endif
